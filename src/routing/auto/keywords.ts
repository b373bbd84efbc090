/**
 * Words that tell tasks apart, in the languages most requests are written in. Plain strings, matched at the beginning of a
 * word; one that ends in `*` may go on (`translat*`). Languages without spaces match anywhere.
 */
import type { TaskKind } from './task.ts';

export interface KeywordSet {
  readonly kind: TaskKind;
  readonly points: number;
  /** Separated by `|`. */
  readonly words: string;
}

/** Names the task. */
const STRONG = 3;
/** Seldom said of anything else. */
const MEDIUM = 2;
/** A cue of ordinary talk. */
const LIGHT = 1;
/** Company it keeps: one alone decides nothing. */
const WEAK = 0.5;

export const KEYWORDS: readonly KeywordSet[] = [
  {
    kind: 'code_edit',
    points: STRONG,
    words:
      'refactor*|debug|fix the bug|fix this bug|fix my code|fix the code|code review|review this code|review my code|stack trace|' +
      'traceback (most recent call last)|diff --git|@@ -|pull request|merge conflict|failing test*|tests fail|test fails|optimize this query|optimize this code|optimize the query|crashloop*|compile error|syntax error|' +
      "does not compile|doesn’t compile|doesn't compile|null pointer|nullpointerexception|segmentation fault|undefined is not|" +
      'typeerror|valueerror|keyerror|syntaxerror|referenceerror|unhandled exception|uncaught exception|' +
      'refaktorier*|fehler im code|behebe den fehler|corrige le code|corrige ce code|débogu*|refactoriza*|depura*|corrige el código|' +
      'corrija o código|refatora*|correggi il codice|исправь код|исправь ошибку в коде|отлад*|рефактор*|' +
      'デバッグ|リファクタ|コードを修正|バグを修正|バグ修正|调试|重构|修复代码|修复这段代码|修复bug|修复这个bug|除錯|디버그|디버깅|리팩터링|리팩토링|코드를 고쳐',
  },
  {
    kind: 'code',
    points: STRONG,
    words:
      'write a function|write a script|write a program|write code|write python|write javascript|write typescript|write sql|' +
      'write a class|write unit tests|write a unit test|write tests|implement a function|implement the function|implement a class|' +
      'regex|regular expression|sql query|unit test*|source code|code snippet|leetcode|dockerfile|makefile|bash script|' +
      'shell script|python script|python function|javascript function|react component|rest api|graphql|' +
      'schreibe eine funktion|schreib eine funktion|schreibe ein programm|schreibe ein skript|programmier*|quellcode|' +
      'écris une fonction|écris un script|écris un programme|programme en|code en|escribe una función|escribe un programa|' +
      'escribe un script|programa en|escreva uma função|escreva um programa|escreva um script|scrivi una funzione|scrivi un programma|' +
      'napisz funkcję|napisz skrypt|schrijf een functie|bir fonksiyon yaz|fonksiyon yaz|' +
      'напиши функцию|напиши код|напиши скрипт|напиши программу|напишите функцию|напишите код|' +
      '関数を書い|コードを書い|プログラムを書い|スクリプトを書い|关数|写一个函数|写一段代码|编写函数|编写代码|写个脚本|写一个脚本|写代码|寫一個函數|寫程式|' +
      '함수를 작성|코드를 작성|코드 작성|스크립트를 작성|اكتب دالة|اكتب كود|फ़ंक्शन लिख*|कोड लिख*',
  },
  {
    kind: 'code',
    points: MEDIUM,
    words:
      'python|javascript|typescript|golang|c++|c#|kotlin|php|sql|html|css|bash|powershell|pandas|numpy|django|flask|fastapi|' +
      'node.js|nodejs|postgres*|mysql|sqlite|mongodb|redis|kubernetes|kubectl|docker|tailwind*|terraform|nginx|npm|pip install|compiler|codebase|' +
      'source file|git commit|git rebase|webhook*|cron job|=> {|() =>|});|();|</|/>|#include|' +
      'console.log|print(|range(|printf(|public static|public class|def __init__|select * from|<?php|' +
      '代码|代碼|程式|编程|脚本|コード|プログラミング|코드|프로그래밍|код|кода|коде|برمجة|कोड',
  },
  {
    kind: 'code',
    points: WEAK,
    words:
      'java|rust|swift|ruby|react|git|node|algorithm*|api|json|yaml|backend|frontend|function|class|variable|array|loop|endpoint|' +
      'database|script|server|deploy|=>|def |const |функци*|программ*|алгоритм*|函数|関数|함수|fonction|función|função|funktion',
  },
  {
    kind: 'math',
    points: STRONG,
    words:
      'solve for|solve the equation|solve this equation|prove that|proof that|proof of|integral of|definite integral|derivative of|' +
      'eigenvalue*|theorem*|equation*|factorial|probability that|quadratic|polynomial*|modulo|trigonometr*|calculus|algebra*|geometry|' +
      'how many ways|hypotenuse|simplify the expression|integrate x|differentiate x|matrix|\\frac|\\sum|\\int|\\begin{|$$|∫|∑|√|' +
      'löse die gleichung|gleichung*|beweise*|ableitung|wahrscheinlichkeit|résou*|résolvez|équation*|démontre*|dérivée|probabilité|' +
      'resuelve*|ecuación|ecuaciones|demuestra*|derivada|probabilidad|resolva|equação|equações|prove que|probabilidade|risolvi|' +
      'equazione|dimostra|derivata|rozwiąż|równanie|udowodnij|los de vergelijking|denklem*|реши уравнение|уравнени*|докажи*|' +
      'интеграл*|производн*|вероятност*|方程式|方程|证明|證明|微分|积分|積分|概率|導関数|証明|確率|방정식|증명|적분|미분|확률|معادلة|احسب|समीकरण',
  },
  {
    kind: 'math',
    points: LIGHT,
    words:
      '% of|calculate|compute|sum of|product of|percent*|divided by|multiplied by|square root|average of|perimeter|area of|its area|volume of|decimal|fraction*|sum of the first|its speed|how fast|math*|' +
      'berechne*|calcule*|calcula*|calcola*|oblicz|hesapla*|посчитай|вычисли*|计算|計算|算一下|계산',
  },
  {
    kind: 'reasoning',
    points: STRONG,
    words:
      'step by step|step-by-step|think carefully|think hard|should i|go-to-market|decision matrix|logic puzzle|riddle|brain teaser|deduce|trade-off*|tradeoff*|pros and cons|' +
      'root cause|what would happen if|strategy for|evaluate the argument|argue for and against|weigh the|critically analy*|' +
      'schritt für schritt|denk gut nach|rätsel|abwäg*|étape par étape|énigme|avantages et inconvénients|paso a paso|acertijo|' +
      'ventajas y desventajas|passo a passo|enigma|prós e contras|indovinello|krok po kroku|stap voor stap|adım adım|' +
      'шаг за шагом|пошагово|загадк*|за и против|一步一步|逐步|推理|谜题|謎題|利弊|段階的に|ステップバイステップ|論理パズル|なぞなぞ|단계별로|추론|수수께끼|خطوة بخطوة|चरण दर चरण',
  },
  {
    kind: 'reasoning',
    points: WEAK,
    words:
      'analyze|analyse|compare|recommend|taller than|older than|faster than|reason*|plan|decide|evaluate|assess|hypothes*|logic*|therefore|if and only if|' +
      'analysier*|vergleiche|begründe|comparez|analiza|compara|analisa*|confronta|проанализируй*|сравни*|' +
      '分析|比较|比較|評価|분석|비교',
  },
  {
    kind: 'translation',
    points: STRONG,
    words:
      'translat*|how do you say|how do i say|how to say|word for|wie sagt man|comment dit-on|cómo se dice|como se dice|como se diz|' +
      'come si dice|как сказать|как будет по|怎么说|怎麼說|と言いますか|into english|into french|into spanish|into german|into chinese|into japanese|into italian|into portuguese|' +
      'into russian|into korean|into arabic|into hindi|in english please|übersetz*|ins deutsche|ins englische|tradui*|en anglais|' +
      'en français|traduc*|traduce*|tradúce*|al inglés|al español|traduz*|para o inglês|para inglês|para português|tradurre|' +
      'traduci|in inglese|in italiano|przetłumacz*|na angielski|vertaal*|naar het engels|çevir*|ingilizceye|перевед*|перевод*|' +
      'на английский|на русский|翻译|翻譯|译成|譯成|翻訳|英語に|日本語に|和訳|英訳|번역|영어로|한국어로|ترجم|ترجمة|अनुवाद',
  },
  {
    kind: 'summarization',
    points: STRONG,
    words:
      'summari*|summary|tl;dr|tldr|key points|key takeaways|main points|takeaways|in a nutshell|executive summary|abstract of|condense|shorten this|' +
      'zusammenfass*|fasse zusammen|fass zusammen|fasse den text|fasse diesen|kernaussagen|résum*|points clés|resumir|resumen|resumo|resuma|resume el|resume este|resume esta|resume o|resúm*|' +
      'puntos clave|pontos principais|riassum*|riassunt*|sintetizza|podsumuj|streszcz*|samenvat*|vat samen|özetle*|' +
      'кратко излож*|резюмир*|краткое содержание|суммируй|перескажи|总结|總結|概括|摘要|归纳|要約|まとめて|요약|لخص|ملخص|सारांश|संक्षेप',
  },
  {
    kind: 'extraction',
    points: STRONG,
    words:
      'extract*|pull out|list all the|find all the|collect all|as json|in json|json schema|json object|return json|valid json|into a table|as a table|as csv|to csv|a csv|csv with|parse the|' +
      'named entit*|fill in the fields|structured data|extrahier*|als json|als tabelle|extrai*|extrac*|extrae*|en json|em json|' +
      'in formato json|estrai|estrarre|wyodrębnij|als csv|çıkar*|извлек*|в формате json|в json|提取|抽取|json格式|表格|抽出|json形式|추출|json 형식|استخرج|निकाल*',
  },
  {
    kind: 'classification',
    points: STRONG,
    words:
      'classify|classification|categori*|sentiment|label this|label the|label each|label every|spam or|is this spam|positive or negative|' +
      'one of the following categories|which category|toxicity|yes or no|violate*|klassifizier*|stimmung des|positiv oder negativ|classifi*|sentiment de|' +
      'clasifica*|sentimiento|classifica*|sentimento|sklasyfikuj|duygu analizi|классифицир*|тональност*|分类|分類|情感分析|感情分析|분류|감정 분석|صنف|वर्गीकृ*',
  },
  {
    kind: 'roleplay',
    points: STRONG,
    words:
      'roleplay|role-play|role play|stay in character|in character as|you are a character|pretend to be|pretend you are|act as my|' +
      "dungeon master|let's play|{{char}}|{{user}}|<start>|rollenspiel|spiele die rolle|jeu de rôle|joue le rôle|juego de rol|" +
      'haz el papel|jogo de rpg|finja ser|gioco di ruolo|fai finta di|ролевая игра|отыгр*|притворись|角色扮演|扮演|ロールプレイ|になりきって|역할극|롤플레이',
  },
  {
    kind: 'writing',
    points: STRONG,
    words:
      'write a story|write a short story|write a poem|write a song|write an essay|write a blog*|write an article|write a letter|' +
      'write an email|write a cover letter|write a speech|write a novel|write a tagline|write a caption|rewrite|rephrase|paraphrase|' +
      'proofread|poem|haiku|limerick|sonnet|lyrics|screenplay|short story|blog post|cover letter|slogan*|tagline|make it sound|' +
      'improve the wording|more formal|more professional|more concise|sound more|copywrit*|newsletter|press release|schreibe eine geschichte|schreib eine geschichte|' +
      'schreibe ein gedicht|schreib ein gedicht|schreibe einen brief|schreibe eine e-mail|schreib eine e-mail|gedicht|formuliere*|' +
      'korrekturles*|écris une histoire|écris un poème|écris une lettre|rédige*|poème|reformule*|escribe una historia|' +
      'escribe un poema|escribe un cuento|escribe una carta|redacta*|poema|reescribe|escreva uma história|escreva um poema|' +
      'escreva uma carta|redija|reescreva|scrivi una storia|scrivi una poesia|scrivi una lettera|poesia|riscrivi|napisz wiersz|' +
      'napisz list|schrijf een gedicht|schrijf een verhaal|şiir yaz|hikaye yaz|напиши рассказ|напиши стих*|напиши письмо|' +
      'напиши сказку|стихотворени*|перефразируй|перепиши|写一首|写一篇|写一封|作文|诗|故事|润色|改写|寫一首|寫一篇|詩を|物語を|小説|俳句|' +
      '手紙を書|メールを書|시를 써|이야기를 써|소설|편지를 써|اكتب قصة|اكتب قصيدة|कविता|कहानी',
  },
  {
    kind: 'writing',
    points: LIGHT,
    words:
      'write|draft|compose|polish|brainstorm|come up with|itinerary|catchy|names for|toast|linkedin*|tweet|caption*|greeting|speech|verfass*|' +
      'schreib*|erstelle*|entwirf|glückwunsch*|rédig*|écris|écrire|félicit*|redact*|escrib*|felicit*|escrev*|parabéns|scriv*|' +
      'napisz|schrijf|yaz|напиши*|составь*|поздравлен*|写|寫|撰写|祝福|書いて|考えて|써|작성|اكتب|लिख*',
  },
  {
    kind: 'writing',
    points: WEAK,
    words:
      'story|essay|email|e-mail|letter|tone|audience|paragraph|headline|chapter|character|geschichte|brief|histoire|lettre|historia|' +
      'carta|storia|lettera|письмо|文章|編集',
  },
  {
    kind: 'question',
    points: LIGHT,
    words:
      'what is|what causes|what are|what was|what does|who is|who was|who wrote|who won|who invented|who discovered|who made|when did|when was|where is|where are|where can|which country|which city|best way to|how to|why do|why is|why does|' +
      'how does|how do|how many|how old|how far|capital of|mean in|definition of|difference between|tell me about|explain|' +
      "was ist|wer ist|wer war|wann|warum|wie viele|wie funktioniert|hauptstadt|erkläre|qu'est-ce que|qui est|quand|pourquoi|" +
      'comment fonctionne|quelle est|capitale|qué es|quién es|cuándo|por qué|cómo funciona|cuál es|o que é|quem é|quando|por que|' +
      "como funciona|qual é|che cos'è|cos'è|chi è|perché|come funziona|co to jest|kim jest|dlaczego|wat is|wie is|waarom|nedir|" +
      'kimdir|neden|что такое|кто такой|когда|почему|как работает|какая столица|什么是|是什么|哪里|哪个|哪些|多少|谁是|为什么|怎么|如何|是什麼|為什麼|' +
      'とは|どこ|どの|どんな|誰です|なぜ|どうして|いつ|무엇|어디|누구|왜|언제|어떻게|ما هو|ما هي|من هو|لماذا|क्या है|कौन|क्यों',
  },
  {
    kind: 'chat',
    points: LIGHT,
    words:
      'hello|hi|hey|good morning|good evening|thanks|thank you|how are you|bye|lol|hallo|guten tag|danke|wie geht|bonjour|salut|merci|' +
      'hola|gracias|olá|obrigado|ciao|grazie|cześć|dzięki|merhaba|teşekkür*|привет|здравствуй*|спасибо|как дела|你好|您好|谢谢|早上好|' +
      'こんにちは|ありがとう|おはよう|안녕|감사합니다|مرحبا|شكرا|नमस्ते|धन्यवाद',
  },
];
