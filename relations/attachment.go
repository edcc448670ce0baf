package relations

import (
	"context"

	"github.com/clientele-go/crm/record"
	"github.com/clientele-go/crm/storage"
)

// AttachmentModule is the API name of the module of attachments.
const AttachmentModule = "Attachments"

// MaxFileName is how many characters the name of a file has.
const MaxFileName = 255

// Attachment is what is known of a file that is attached to a record of any module, a note among them (附件). [Files.Attach] makes it,
// and nothing changes it afterwards but to which record it belongs. Who sees the record sees it.
type Attachment struct {
	record.Meta // id, version, owner, tags, who and when, source

	Name   string      // of the file, as it was called where it comes from, without directories: for people only
	Size   *int64      // bytes
	Type   string      // media type, by what the file begins with
	Hash   string      // SHA-256 of the bytes, in hexadecimal
	Parent record.Link // the record that it is attached to
}

// AttachmentFields lists every field in the order of the form. The list is not to be changed.
var AttachmentFields = []record.Field[Attachment]{
	record.Text("File_Name", MaxFileName, func(a *Attachment) *string { return &a.Name }).Label("File Name", "文件名").Required().ReadOnly().Folded().Sorted(),
	record.Integer("Size", 12, func(a *Attachment) **int64 { return &a.Size }).Label("Size (bytes)", "大小（字节）").ReadOnly(),
	record.Text("Content_Type", 127, func(a *Attachment) *string { return &a.Type }).Label("Type", "类型").ReadOnly(),
	record.Text("SHA256", 64, func(a *Attachment) *string { return &a.Hash }).Label("SHA-256", "SHA-256").ReadOnly(),
	record.LookupIn(ParentField, ParentModuleField, func(a *Attachment) *record.Link { return &a.Parent }).Label("Parent", "所属记录").Required().OnDelete(record.Cascade).Noted(),
	record.ModuleOf(ParentModuleField, func(a *Attachment) *record.Link { return &a.Parent }, record.AnyModule, NoteModule).Label("Parent Module", "所属模块"),
}

// AttachmentDefinition declares the module of attachments.
var AttachmentDefinition = record.Define(AttachmentModule, AttachmentFields, record.ModuleOptions{Singular: "Attachment", Chinese: "附件", Within: ParentField,
	Hooks: []record.Hook{describeFile}})

// Attachments is the attachments of one organization, as one session sees them.
type Attachments = record.Module[Attachment]

// fileKey is where [Files.Attach] tells the hook of the module what file was kept. Nobody else can, so that there is no attachment
// without its bytes.
type fileKey struct{}

// describeFile sets what is known of a new file.
func describeFile(ctx context.Context, _ *record.Session, old, rec *record.Record) error {
	if old != nil {
		return nil
	}
	file, ok := ctx.Value(fileKey{}).(*Attachment)
	if !ok || file.ID != rec.ID {
		return refuse("File_Name", record.CodeReadOnly, "an attachment is made of a file", "附件只能由文件生成")
	}
	rec.Set("File_Name", text(file.Name))
	rec.Set("Size", storage.IntValue(*file.Size))
	rec.Set("Content_Type", text(file.Type))
	rec.Set("SHA256", text(file.Hash))
	return nil
}
