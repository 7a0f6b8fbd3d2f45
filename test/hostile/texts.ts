// Texts that mean something to whoever shows them: a terminal, a browser, Markdown, XML, a shell, a compiler, a spreadsheet, a CI system. Knows nothing of where
// they are put.

const TEXTS: Readonly<Record<string, string>> = {
  "Markdown in a line": "**b** _i_ [l](javascript:1) ![i](http://x/y.png) <http://x.example> `code` ``c`` ~~s~~ https://evil.example/a www.evil.example @someone #1 [ref] a@b.example $x$ :smile: \\",
  "blocks of Markdown": "x\n\n# heading\n\n- item\n\n> quote\n\n| a | b |\n| - | - |\n| c | d |\n\n```\ncode\n```\n\n---\n\n    indented\n\n[ref]: http://x.example\n\n<details>",
  "cells of a table": "a | b || `c | d` \\| e ` f",
  HTML: "<img src=x onerror=alert(1)><b>bold</b><a href='javascript:1'>&lt;i&gt;&#60;u&#62;<svg onload=alert(1)>",
  "the end of a script": "</script><script>alert(1)</script></title></style></text></svg></code></pre><!--",
  "escape sequences": "a\u001b[31mb\u001b]0;title\u0007c\u009b2Jd\u001bPq\u001b\\",
  "text that runs backwards": "a\u202eb\u2066c\u200fd\u061ce\u2069f\u202c",
  "control characters": "a\bb\u007fc\u0085d\u2028e\u2029f\ufeffg\u0000h\u000bi\u000cj\u001fk",
  "line breaks": "a\nb\r\nc\rd\n\n\te",
  "workflow commands": "a\n::error file=x::boo\n##[error]x\n::set-output name=a::b\n%0A::warning::c\r::stop-commands::d\n::add-mask::e, file=x:,",
  "ends of XML": "]]> -- --> <!-- <![CDATA[ <?x?> <!DOCTYPE a> & &amp; &x; ]]&gt; '\" ---",
  "quotes and backslashes": "'a'\"b\"\\`id` $(id) ${HOME} %s %n !x \\n \\\" \\",
  "ends of comments": "*/ #error 1 /* // a\\\n#define X 1\n??/ -- # ; */",
  "a formula": "=cmd|' /C calc'!A0",
  "formulas after a blank or a tab": "\t=1+1 \r@SUM(1)",
  "a formula with a sign": "-2+3+cmd|' /C calc'!A0",
  "a formula with a mention": "@SUM(1+1)*cmd|' /C calc'!A0",
  ["__proto__"]: "__proto__",
  constructor: "constructor",
  toString: "toString",
  "dashes that are a name": "a---b--",
  "a name of 100 KB": "x".repeat(100_000),
  "a text of 100 KB": "*x* [y](z) ".repeat(10_000),
  emoji: "👩‍👩‍👧‍👦 é ﷽ \u{e0041}\u200b\u{1f600}",
  "lone surrogates": "a\ud800 b\udc00\ud83d c",
};

export const HOSTILE_TEXTS: Readonly<Record<string, string>> = { ...TEXTS, "all in one": Object.values(TEXTS).filter((text) => text.length < 1000).join(" ") };

/** Texts that stand for all the others where there is no time for each of them. */
export const MOST_HOSTILE: readonly string[] = ["all in one", "a formula with a mention", "__proto__", "dashes that are a name", "a text of 100 KB"];

/** As hostile as any other sentence: what comes of it is what Platmap itself says. */
export const PLAIN_TEXT = "plain words here";

/** What may be the name of an entry. */
export function isName(text: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_.-]*$/.test(text);
}
