/** A part of a name, as its owner writes it and in plain Latin letters. */
interface NamePart {
  readonly written: string;
  readonly latin: string;
}

/** Names that go together, and where people with such names live. */
export interface Community {
  readonly zones: readonly string[];
  readonly given: readonly NamePart[];
  readonly family: readonly NamePart[];
  /** How the two parts of a name are put together. */
  readonly join: (given: string, family: string) => string;
}

const LETTERS: Readonly<Record<string, string>> = { ł: 'l', ø: 'o', ı: 'i', đ: 'd', ß: 'ss', æ: 'ae' };

function latinOf(text: string): string {
  const plain = text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');
  return plain.replace(/[^a-z]/g, (letter) => LETTERS[letter] ?? '');
}

/** Reads `Zoë` or, where the script is another one, `София=sofiya`. */
function parts(text: string): NamePart[] {
  return text.split(' ').map((entry) => {
    const [written = '', latin = latinOf(written)] = entry.split('=');
    return { written, latin };
  });
}

const givenFirst = (given: string, family: string) => `${given} ${family}`;
const familyFirst = (given: string, family: string) => `${family} ${given}`;
const familyFirstTogether = (given: string, family: string) => `${family}${given}`;

function community(zones: string, given: string, family: string, join = givenFirst): Community {
  return { zones: zones.split(' '), given: parts(given), family: parts(family), join };
}

/** Common names from many countries and scripts. */
export const COMMUNITIES: readonly Community[] = [
  community(
    'Europe/London America/New_York America/Chicago Australia/Sydney Pacific/Auckland',
    'Amelia Oliver Grace Noah Harriet Callum Imogen Declan',
    'Ashworth Barlow Carver Drummond Ellwood Fairley Hartnell Prescott',
  ),
  community(
    'Asia/Tokyo',
    '結衣=yui 蓮=ren 陽菜=hina 大翔=haruto 美咲=misaki 健太=kenta 葵=aoi 悠真=yuma',
    '佐藤=sato 鈴木=suzuki 高橋=takahashi 田中=tanaka 渡辺=watanabe 山本=yamamoto 中村=nakamura 小林=kobayashi',
    familyFirst,
  ),
  community(
    'Europe/Madrid America/Mexico_City America/Bogota America/Argentina/Buenos_Aires',
    'Lucía Mateo Sofía Álvaro Inés Joaquín Renata Íñigo',
    'García Muñoz Fernández Ibáñez Ordóñez Castellano Peña Villalobos',
  ),
  community(
    'Europe/Kyiv',
    'Олена=olena Андрій=andriy Софія=sofiia Тарас=taras Ірина=iryna Богдан=bohdan Марія=mariia Юрій=yurii',
    'Шевчук=shevchuk Коваленко=kovalenko Бондар=bondar Мельник=melnyk Ткаченко=tkachenko Лисенко=lysenko Гнатюк=hnatiuk Савчук=savchuk',
  ),
  community(
    'Asia/Kolkata',
    'अनन्या=ananya आरव=aarav दिया=diya विवान=vivaan मीरा=meera रोहन=rohan काव्या=kavya अर्जुन=arjun',
    'शर्मा=sharma वर्मा=verma गुप्ता=gupta जोशी=joshi मिश्रा=mishra नायर=nair कुलकर्णी=kulkarni त्रिपाठी=tripathi',
  ),
  community(
    'America/Sao_Paulo America/Recife Europe/Lisbon',
    'Beatriz João Helena Thiago Conceição Caetano Júlia Estêvão',
    'Gonçalves Araújo Magalhães Fonseca Sampaio Queirós Simões Teixeira',
  ),
  community(
    'Africa/Cairo Asia/Amman Africa/Casablanca Asia/Dubai',
    'فاطمة=fatima عمر=omar ليلى=layla يوسف=yusuf مريم=maryam خالد=khalid نور=nour حسن=hassan',
    'الحسيني=alhusayni المصري=almasri حداد=haddad منصور=mansour الخطيب=alkhatib صالح=saleh نجار=najjar شريف=sharif',
  ),
  community(
    'Europe/Berlin Europe/Vienna Europe/Zurich',
    'Annika Jürgen Käthe Matthias Friederike Björn Heike Sören',
    'Müller Großmann Schröder Vogel Kühn Weiß Lindner Bäcker',
  ),
  community(
    'Asia/Seoul',
    '서연=seoyeon 민준=minjun 지우=jiwoo 도윤=doyun 하은=haeun 준서=junseo 수아=sua 예준=yejun',
    '김=kim 이=lee 박=park 최=choi 정=jung 강=kang 조=cho 윤=yoon',
    familyFirstTogether,
  ),
  community(
    'Europe/Paris America/Toronto Africa/Dakar Europe/Brussels',
    'Éloïse Théo Chloé François Maëlle Aurélien Zoé Loïc',
    'Lefèvre Béranger Rousseau Desjardins Chevalier Montfort Gagné Delacroix',
  ),
  community(
    'Africa/Lagos',
    'Adébáyọ̀ Ngozi Chinẹdu Folákẹ́ Ifeoma Tolu Obinna Yétúndé',
    'Okafor Adéyẹmí Eze Balógun Nwosu Ọlátúnjí Onyeka Akíntọ́lá',
  ),
  community(
    'Europe/Warsaw',
    'Zofia Łukasz Małgorzata Paweł Bożena Michał Agnieszka Wojciech',
    'Kowalczyk Zając Wójcik Król Sikora Mazur Pawlak Gołąb',
  ),
  community(
    'Asia/Shanghai Asia/Taipei Asia/Singapore',
    '伟=wei 芳=fang 子涵=zihan 浩然=haoran 雨桐=yutong 明=ming 静=jing 思远=siyuan',
    '王=wang 李=li 张=zhang 刘=liu 陈=chen 杨=yang 黄=huang 赵=zhao',
    familyFirstTogether,
  ),
  community(
    'Europe/Athens Asia/Nicosia',
    'Ελένη=eleni Γιώργος=giorgos Μαρία=maria Νίκος=nikos Κατερίνα=katerina Δημήτρης=dimitris Άννα=anna Κώστας=kostas',
    'Στεφάνου=stefanou Οικονόμου=oikonomou Νικολάου=nikolaou Γεωργίου=georgiou Βασιλείου=vasileiou Λάμπρου=lamprou Ιωάννου=ioannou Αγγέλου=angelou',
  ),
  community(
    'Europe/Istanbul',
    'Ayşe Çağlar Zeynep Emre Şebnem Oğuz İpek Barış',
    'Yılmaz Kaya Demirtaş Çelik Şahin Öztürk Aydın Güneş',
  ),
  community(
    'Asia/Jerusalem',
    'נועה=noa איתי=itai תמר=tamar יונתן=yonatan שירה=shira אורי=uri מיכל=michal עומר=omer',
    'כהן=cohen לוי=levi מזרחי=mizrahi פרץ=peretz ביטון=biton אברהם=avraham פרידמן=friedman דהן=dahan',
  ),
  community(
    'Asia/Ho_Chi_Minh',
    'Linh Minh Thảo Quân Hương Đức Ngọc Tuấn',
    'Nguyễn Trần Lê Phạm Hoàng Vũ Đặng Bùi',
    familyFirst,
  ),
  community(
    'Europe/Helsinki Europe/Stockholm Europe/Oslo',
    'Aino Väinö Saga Håkon Elina Jörgen Solveig Eero',
    'Korhonen Mäkinen Lindström Sjöberg Hämäläinen Nyström Bjørnstad Laaksonen',
  ),
  community(
    'Asia/Tbilisi',
    'ნინო=nino გიორგი=giorgi მარიამ=mariam ლევან=levan თამარ=tamar დავით=davit ანა=ana ირაკლი=irakli',
    'ბერიძე=beridze კაპანაძე=kapanadze გელაშვილი=gelashvili მაისურაძე=maisuradze ლომიძე=lomidze ჯაფარიძე=japaridze წიკლაური=tsiklauri აბაშიძე=abashidze',
  ),
  community(
    'Asia/Bangkok',
    'สมชาย=somchai มาลี=malee อนันต์=anan สุดา=suda ณัฐ=nat พิมพ์=pim ธนา=thana วิภา=wipa',
    'ใจดี=jaidee ศรีสุข=srisuk ทองคำ=thongkham แสงทอง=saengthong บุญมา=boonma วงศ์ไทย=wongthai รักษา=raksa พงษ์ไพร=pongprai',
  ),
];
