package charset

import (
	"bytes"
	"io"
	"sync"
	"unicode/utf8"
)

// models are the charsets that are told by frequency. Where texts are equally likely, the first is taken.
var models = []model{
	{Windows1252, latin, 2, []language{letters("üäößéè"), letters("éàèêçôâûîùëïœ"), letters("óíáéñúü"), letters("ãçáéóíêúõâàô"), letters("àèòùìé"),
		letters("åäöé"), letters("øåæéöä"), letters("áíóðéþúýæö"), letters("éëïöüèê")}},
	{Windows1250, latin, 0, []language{letters("łęąóżśćńź"), letters("íáěéřšýčžůúňťďó"), letters("áíčýšžéťľúôňóďäŕĺ"), letters("áéöóőüíúű"),
		letters("ăîșşțţâ"), letters("čšžćđ")}},
	{Windows1251, script, 0, []language{letters("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё"), letters("оаніиетвсрклдупмзяьбгйчхжцюєїшщфґ"),
		letters("аиоетнрсвлкдпмзъубгчящцжхйюшфь")}},
	{GB18030, signs, 0, []language{often(0.75, simplified, by(levelsGB))}},
	{Big5, signs, 0, []language{often(0.75, traditional, by(levelsBig5))}},
	{ShiftJIS, signs, 0, []language{often(0.3, kanji, kana)}},
	{EUCJP, signs, 0, []language{often(0.3, kanji, kana)}},
	{EUCKR, signs, 0, []language{often(0.75, hangul, by(levelsKS))}},
}

// The standards of signs put those that people use into a first level, by sound or by strokes, and those of rare names into a
// second one: this is where these levels are, by first byte.
var (
	levelsGB   = sync.OnceValue(func() map[rune]float64 { return levels(GB18030, 0xB0, 0xD7, 0xD8, 0xF7, 0xA1, 0.2, 0.02) })
	levelsBig5 = sync.OnceValue(func() map[rune]float64 { return levels(Big5, 0xA4, 0xC6, 0xC9, 0xF9, 0x40, 0.2, 0.01) })
	levelsJIS  = sync.OnceValue(func() map[rune]float64 { return levels(EUCJP, 0xB0, 0xCF, 0xD0, 0xF4, 0xA1, 0.07, 0.003) })
	levelsKS   = sync.OnceValue(func() map[rune]float64 { return levels(EUCKR, 0xB0, 0xC8, 0xCA, 0xFD, 0xA1, 0.2, 0.01) })
)

// levels returns how often the signs are met whose first bytes are from a to b, and from c to d, as these have such shares
// of all together.
func levels(in *Charset, a, b, c, d, second byte, share, rare float64) map[rune]float64 {
	of := map[rune]float64{}
	for _, level := range []struct {
		from, to byte
		share    float64
	}{{a, b, share}, {c, d, rare}} {
		var all []byte
		for first := level.from; first <= level.to; first++ {
			for last := int(second); last <= 0xFE; last++ {
				all = append(all, first, byte(last), '\n')
			}
		}
		text, err := io.ReadAll(in.Decode(bytes.NewReader(all)))
		if err != nil {
			panic(err) // no decoder has errors of its own
		}
		var signs []rune
		for _, line := range bytes.Split(text, []byte{'\n'}) {
			if r, n := utf8.DecodeRune(line); n > 1 && n == len(line) {
				signs = append(signs, r)
			}
		}
		for _, r := range signs {
			if _, known := of[r]; !known {
				of[r] = shared(level.share, len(signs))
			}
		}
	}
	return of
}

// fullWidth is how often letters and digits of full width are met, and numbers in circles.
func fullWidth(r rune) (float64, bool) {
	return shared(0.03, 150), r >= 0xFF01 && r <= 0xFF5E || r >= 0x2460 && r <= 0x249B
}

// by returns how often characters are met that are not among the usual ones, by levels.
func by(levels func() map[rune]float64) func(rune) float64 {
	return func(r rune) float64 {
		if w, ok := levels()[r]; ok {
			return w
		}
		if w, ok := fullWidth(r); ok {
			return w
		}
		return rareOdds
	}
}

// kana is how often characters of Japanese are met that are not among the usual kanji.
func kana(r rune) float64 {
	switch {
	case r >= 0x3041 && r <= 0x3096:
		return shared(0.35, 83)
	case r >= 0x30A1 && r <= 0x30FC:
		return shared(0.25, 86)
	case r >= 0xFF61 && r <= 0xFF9F: // of half width
		return shared(0.01, 63)
	}
	return by(levelsJIS)(r)
}

// simplified are usual characters of Chinese as it is written in China, with those of names, companies and addresses.
const simplified = "" +
	"的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方" +
	"多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情" +
	"明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给" +
	"世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太" +
	"量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象" +
	"完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运限责股份技贸易集团商服咨询投银" +
	"网络软医药食装广媒流汽车房店宾馆校研究厂京津渝杭州武汉苏江浙粤省县镇村街号楼室层座栋厦园联址邮编备注客户称型李刘陈杨赵黄" +
	"周吴徐孙胡朱林郭罗梁宋郑谢韩唐冯董萧曹袁邓傅沈曾彭吕卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田姜范石姚谭廖邹熊陆郝孔崔康毛邱秦顾" +
	"侯邵孟龙史黎贺钱华伟芳娜秀敏静丽艳娟勇磊涛超鹏杰辉刚健英红玲桂兰霞燕"

// traditional are those of Taiwan and Hong Kong.
const traditional = "" +
	"的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方" +
	"多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情" +
	"明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給" +
	"世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太" +
	"量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象" +
	"完設式色路記南品住告類求據程北邊死張該交規萬取拉格望覺術領共確傳師觀清今切院讓識候帶導爭運限責股份技貿易集團商服諮詢投銀" +
	"網絡軟醫藥食裝廣媒流汽車房店賓館校研究廠京州武省縣鎮村街號樓室層座棟廈園聯址郵遞備註客戶稱型企臺灣香港九龍雄竹桃段巷弄李" +
	"劉陳楊趙黃周吳徐孫胡朱林郭羅梁宋鄭謝韓唐馮董蕭曹袁鄧傅沈曾彭呂盧蔣蔡丁魏薛葉余潘杜戴夏鍾汪田姜范石姚譚廖鄒熊陸郝孔崔康毛" +
	"邱秦顧侯邵孟史黎賀錢華偉芳秀敏靜麗勇傑輝剛健英玲桂蘭"

// kanji are usual characters of Japanese.
const kanji = "" +
	"日一国会人年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者党地合市業内相方四定今回新場金員九入選立開手" +
	"米力学問高代明実円関決子動京全目表戦経通外最言氏現理調体化田当八六約主題下首意法不来作性的要用制治度務強気小七成期公野協" +
	"取都和統以機平総加山思家話世受区領多県続進正安設保改数記院女初北午指権心界支第産結百派点教報済書府活原先共得解名交資予川" +
	"向際査勝面委告軍文反元重近千考判認画海参売利組知案道信策集在件団別物側任引使求所次水半品昨論計死官増係感特情投示変打男基" +
	"私各始島直両朝革価式確村提運終挙果西勢減台広容必応演電歳住争談能無再位置企真流格有疑口過局少放税検藤町常校料沢裁状工建語" +
	"球営空職証土与急止送援供可役構木割聞身費付施切由説転食比難防補車優夫研収断井何南石足違消境神番規術護展態導鮮備宅害配副算" +
	"視条幹独警宮究育席輸訪楽起万着乗店述残想線率病農州武声質念待試族象銀域助労例衛然早張映限親額監環験追審商葉義伝働形景落欧" +
	"担好退準賀訴辺造英被株頭技低毎医復仕去姿味負閣韓渡失移差衆個門写評課末守若脳極種美岡影命含福蔵量望松非撃佐核観察整段横融" +
	"型白深字答夜製票況音申様財港識注呼渉達丁号阪浜古屋戸札幌仙鈴橋伊斎清林池森阿"

// hangul are usual syllables of Korean.
const hangul = "" +
	"이다는의에을가하고를은한지로기사자도서어시정인대리나부과아수일보해장그스전라제만들주성관동구원상여으게있신적안공국비조미" +
	"연세소무경선유용방면화회차개모학분물년오문진산당계치식거마우위중반행내체결표발교통현양명생입출호재실영단할업민저설간될되" +
	"었합니습각날속법러트금류레터타번포점요불직평형던술역음린울군품북남후초월프드야복론참강예책권절추향편환활집따노럼말김박최" +
	"임층빌딩센길윤황송홍손배백허심혁준훈철희숙순옥"
