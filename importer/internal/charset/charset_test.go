package charset

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// texts are lines as files of customers have them, by charset. Each is to be told by itself, since a file may have no more.
var texts = map[*Charset][]string{
	GB18030: {
		"客户名称,行业,电话,省份,城市", "北京华信科技有限公司,软件,010-88886666,北京市,海淀区", "上海浦江贸易有限公司", "深圳市腾飞电子股份有限公司",
		"张伟,销售经理,13800138000", "李娜", "王芳", "四川成都,武侯区人民南路四段11号", "备注：已付款，待发货", "广州", "客户", "欧阳锋", "联系人", "潜在客户",
		"宁波镀锌螺栓厂", "未知", "赵薇,女", "中国", "邯郸市丛台区",
	},
	Big5: {
		"客戶名稱,產業,電話,縣市", "臺北華信科技股份有限公司,軟體,02-88886666,臺北市", "香港浦江貿易有限公司", "陳大文,業務經理", "新竹市東區光復路二段101號",
		"備註：已付款，待出貨", "林志玲", "高雄", "聯絡人", "九龍彌敦道", "張惠妹",
	},
	ShiftJIS: {
		"会社名,業種,電話番号,都道府県", "株式会社日本電気,ソフトウェア,03-1234-5678,東京都", "有限会社山田製作所", "トヨタ自動車", "鈴木一郎,営業部長", "大阪府大阪市北区梅田一丁目",
		"お支払い済み、発送待ち", "東京", "さくら銀行", "神奈川県横浜市",
	},
	EUCJP: {
		"会社名,業種,電話番号,都道府県", "株式会社日本電気,ソフトウェア,03-1234-5678,東京都", "有限会社山田製作所", "トヨタ自動車", "鈴木一郎,営業部長", "大阪府大阪市北区梅田一丁目",
		"お支払い済み、発送待ち", "さくら銀行",
	},
	EUCKR: {
		"회사명,업종,전화번호,지역", "주식회사 삼성전자,전자,02-1234-5678,서울특별시", "현대자동차", "김철수,영업부장", "부산광역시 해운대구 센텀로", "결제 완료, 발송 대기", "이영희", "대한민국",
	},
	Windows1251: {
		"Название,Отрасль,Телефон,Город", "ООО «Ромашка»,Торговля,+7 495 123-45-67,Москва", "Иван Петров", "Санкт-Петербург, Невский проспект, 28", "оплачено, ждёт отправки",
		"ТОВ Україна,Київ", "Екатеринбург", "Завод имени Кирова", "Да",
	},
	Windows1252: {
		"Müller GmbH,Straße 5,München", "Société Générale,Île-de-France,dépôt payé", "Peña y Hermanos,España,Córdoba", "São Paulo,Informações,Conceição",
		"Københavns Værksted,Ærø", "Göteborg,Småland", "Café", "Zürich", "Björk Guðmundsdóttir", "Nestlé", "Città di Forlì, perché", "Hôtel Crémieux",
	},
	Windows1250: {
		"Škoda Auto,Mladá Boleslav,Česká republika", "Łódź,Spółka z ograniczoną odpowiedzialnością", "Győr,Köztársaság útja,fizetőképes ügyfél", "Dvořák",
		"Rzeczpospolita Polska,województwo śląskie", "București,Piața Ștefan cel Mare", "Đorđe Petrović,Šibenik", "Příbram,Žižkov", "Wałęsa", "Köszönjük szépen, a számlát kifizették és elküldtük",
	},
}

func (c *Charset) bytes(t *testing.T, text string) []byte {
	t.Helper()
	b, err := c.enc.NewEncoder().Bytes([]byte(strings.NewReplacer("ț", "ţ", "ș", "ş", "Ș", "Ş", "Ț", "Ţ").Replace(text)))
	require.NoError(t, err, "%s: %s", c.Name, text)
	return b
}

func detect(t *testing.T, b []byte) Found {
	t.Helper()
	f, err := Detect(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	return f
}

// TestDetect tells each text, or at least says that it is not sure of one of a few characters.
func TestDetect(t *testing.T) {
	t.Parallel()
	unsure := 0
	for c, lines := range texts {
		whole := c.bytes(t, strings.Join(lines, "\r\n"))
		f := detect(t, whole)
		if c.Name+" true" != fmt.Sprint(f.Name, " ", f.Sure) {
			t.Errorf("all of %s: %s %+v", c.Name, f.Name, f)
		}
		require.Equal(t, ByFrequency, f.By)
		if f.Common < 0.6 {
			t.Errorf("%s: %v", c.Name, f.Common)
		}
		for _, line := range lines {
			b := c.bytes(t, line)
			f := detect(t, b)
			if f.Charset != c && string(decoded(t, f.Charset, b)) == string(decoded(t, c, b)) {
				continue // it makes no difference
			}
			if !f.Sure {
				unsure++
				t.Logf("%s %q: not sure: %s, next %s", c.Name, line, f.Name, f.Next.Name)
				continue
			}
			if c.Name != f.Name {
				t.Errorf("%s %q: %s %+v", c.Name, line, f.Name, f)
			}
		}
	}
	require.LessOrEqual(t, unsure, 8)
}

func decoded(t *testing.T, c *Charset, b []byte) []byte {
	t.Helper()
	text, err := io.ReadAll(c.Decode(bytes.NewReader(b)))
	require.NoError(t, err)
	return text
}

func TestDetectOthers(t *testing.T) {
	t.Parallel()
	wide := "客户名称,行业\n华信,软件\n"
	utf8 := "客户名称,行业\nMüller,Привет\n"
	for _, tt := range []struct {
		name string
		b    string
		want string
		by   By
	}{
		{"nothing", "", "UTF-8", ByASCII},
		{"ASCII", "a,b\n1,2\n", "UTF-8", ByASCII},
		{"UTF-8", utf8, "UTF-8", ByValidity},
		{"UTF-8 with a mark", "\uFEFF" + utf8, "UTF-8", ByMark},
		{"UTF-8 with some bad bytes", strings.Repeat(utf8, 20) + "\xD6\xD0\xB9\xFA\n", "UTF-8", ByValidity},
		{"UTF-16LE with a mark", "\xFF\xFE" + string(UTF16LE.bytes(t, wide)), "UTF-16LE", ByMark},
		{"UTF-16BE with a mark", "\xFE\xFF" + string(UTF16BE.bytes(t, wide)), "UTF-16BE", ByMark},
		{"UTF-16LE", string(UTF16LE.bytes(t, wide)), "UTF-16LE", ByZeros},
		{"UTF-16BE", string(UTF16BE.bytes(t, wide)), "UTF-16BE", ByZeros},
		{"GB18030 with a mark", string(GB18030.bytes(t, "\uFEFF"+wide)), "GB18030", ByMark},
		{"a zero byte", "a,b\n1,\x00\n", "UTF-8", ByASCII},
		{"far into the file", strings.Repeat("plain,text\n", 200_000) + string(ShiftJIS.bytes(t, "株式会社,お支払い済み\n")), "Shift_JIS", ByFrequency},
		{"one long line", strings.Repeat("plain text,", 50_000) + string(GB18030.bytes(t, strings.Repeat("上海有限公司,", 50_000))), "GB18030", ByFrequency},
	} {
		f := detect(t, []byte(tt.b))
		require.Equal(t, fmt.Sprint(tt.want, " ", tt.by, " ", true), fmt.Sprint(f.Name, " ", f.By, " ", f.Sure), tt.name)
	}
	_, err := Detect(strings.NewReader("short"), 100)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
}

func TestNamed(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"GBK": "GB18030", "gb2312": "GB18030", "utf8": "UTF-8", "latin1": "windows-1252", "sjis": "Shift_JIS", "big5-hkscs": "Big5",
		"koi8-r": "koi8-r", "utf-16": "UTF-16LE", "euc-kr": "EUC-KR"} {
		c, ok := Named(name)
		require.True(t, ok, name)
		require.Equal(t, want, c.Name, name)
	}
	for _, name := range []string{"", "klingon", "iso-2022-jp", "replacement", "x-user-defined"} {
		_, ok := Named(name)
		require.False(t, ok, name)
	}
}

// TestDecode marks each byte that is no part of a character, and no other.
func TestDecode(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		c        *Charset
		in, want string
	}{
		{UTF8, "a\xFFb", "a\xFFb"},
		{GB18030, "\xD6\xD0,\xFF,\xB9\xFA\x81", "中,\xFF,国\xFF"},
		{GB18030, "\x84\x31\xA4\x37\n\xD6\n", "\uFFFD\n\xFF\n"}, // U+FFFD as somebody wrote it
		{Big5, "\xA4\xA4\xFF\xA4", "中\xFF\xFF"},
		{ShiftJIS, "\x93\x8C\x93", "東\xFF"},
		{Windows1252, "\x80\x81M\xFCller", "€\xFFMüller"},
		{UTF16LE, "a\x00\x00\xD8b\x00", "a\xFF\xFFb"}, // half of a pair
		{UTF16BE, "\x00a\x4E", "a\xFF"},
	} {
		require.Equal(t, tt.want, string(decoded(t, tt.c, []byte(tt.in))), "%s %q", tt.c.Name, tt.in)
		one, err := io.ReadAll(tt.c.Decode(iotest.OneByteReader(strings.NewReader(tt.in))))
		require.NoError(t, err)
		require.Equal(t, tt.want, string(one), "%s %q", tt.c.Name, tt.in)
		require.Equal(t, int64(len(tt.in)), tt.c.Len([]byte(tt.want)), "%s %q", tt.c.Name, tt.in)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte("a,b\n\xD6\xD0\xFF\x81\x30\x81\x30"))
	f.Add([]byte("\x84\x31\xA4\x37\x8F\xA2\xAF\x00\xD8"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) > 1<<16 {
			return
		}
		for _, c := range found {
			text := decoded(t, c, b)
			if bytes.IndexByte(b, Bad) < 0 && c != UTF8 && bytes.IndexByte(b, 0x80) < 0 && !bytes.ContainsRune(text, '\uFFFD') {
				if n := c.Len(text); n != int64(len(b)) {
					t.Errorf("%s: %x has %d bytes, and %q %d", c.Name, b, len(b), text, n)
				}
			}
		}
		if _, err := Detect(bytes.NewReader(b), int64(len(b))); err != nil {
			t.Error(err)
		}
	})
}
