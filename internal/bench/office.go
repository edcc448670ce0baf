package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// xlsRows is how many rows a sheet of XLS has below its header, nearly.
const xlsRows = 65_000

// office measures reading workbooks that LibreOffice wrote. Without it there is nothing to measure.
func (b *bench) office(ctx context.Context) error {
	const program = "soffice"
	if _, err := exec.LookPath(program); err != nil {
		fmt.Fprintln(os.Stderr, "LibreOffice is not installed: its workbooks are left out")
		return nil
	}
	convert := func(rows int, extension, filter string) (string, error) {
		text, err := b.file(rows)
		if err != nil {
			return "", err
		}
		dir := b.path("office")
		out, err := exec.CommandContext(ctx, program, "--headless", "-env:UserInstallation=file://"+b.path("office-user"), "--infilter=Text - txt - csv (StarCalc):44,34,76,1",
			"--convert-to", extension+":"+filter, "--outdir", dir, text).CombinedOutput()
		if err != nil {
			return "", fmt.Errorf("%w: %s", err, out)
		}
		return filepath.Join(dir, strings.TrimSuffix(filepath.Base(text), filepath.Ext(text))+"."+extension), nil
	}
	size := b.rows / 5
	path, err := convert(size, "xlsx", "Calc MS Excel 2007 XML")
	if err != nil {
		return err
	}
	if err := b.beside(ctx, path, size, " by LibreOffice"); err != nil {
		return err
	}
	size = min(xlsRows, size)
	if path, err = convert(size, "xls", "MS Excel 97"); err != nil {
		return err
	}
	got, err := rounds(b.runs, func() (float64, error) {
		return rowsPerSecond(size, func() (int, error) { return readWorkbook(ctx, path) })
	})
	if err != nil {
		return err
	}
	b.add(line{fmt.Sprintf("XLS of %s rows by LibreOffice, rows a second of the processor", thousands(size)), thousands(int(got[0])), "", "", "≥ 150,000", got[0] >= 150_000})
	return nil
}
