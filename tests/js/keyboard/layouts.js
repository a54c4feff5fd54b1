/**
 * Keyboard layouts: what each key types alone, with Shift and with Alt Gr, row by row. A space is a key without a
 * character, "◌" an accent, which waits for a letter except in Arabic, and "لا" of the Arabic layout is written "ﻻ".
 */

const ROWS = [
  ["Backquote", ..."1234567890".split("").map((digit) => `Digit${digit}`), "Minus", "Equal"],
  [..."QWERTYUIOP".split("").map((letter) => `Key${letter}`), "BracketLeft", "BracketRight"],
  [..."ASDFGHJKL".split("").map((letter) => `Key${letter}`), "Semicolon", "Quote", "Backslash"],
  ["IntlBackslash", ..."ZXCVBNM".split("").map((letter) => `Key${letter}`), "Comma", "Period", "Slash"],
];

/** @type {Record<string, string[][]>} rows without modifier, with Shift, with Alt Gr */
const TYPED = {
  German: [
    ["◌1234567890ß◌", "qwertzuiopü+", "asdfghjklöä#", "<yxcvbnm,.-"],
    ["°!\"§$%&/()=?◌", "QWERTZUIOPÜ*", "ASDFGHJKLÖÄ'", ">YXCVBNM;:_"],
    ["  ²³   {[]}\\ ", "@ €        ~", "            ", "|      µ   "],
  ],
  French: [
    ["²&é\"'(-è_çà)=", "azertyuiop◌$", "qsdfghjklmù*", "<wxcvbn,;:!"],
    [" 1234567890°+", "AZERTYUIOP◌£", "QSDFGHJKLM%µ", ">WXCVBN?./§"],
    ["  ◌#{[|◌\\^@]}", "  €        ¤", "            ", "           "],
  ],
  Russian: [
    ["ё1234567890-=", "йцукенгшщзхъ", "фывапролджэ\\", " ячсмитьбю."],
    ["Ё!\"№;%:?*()_+", "ЙЦУКЕНГШЩЗХЪ", "ФЫВАПРОЛДЖЭ/", " ЯЧСМИТЬБЮ,"],
    ["             ", "            ", "            ", "           "],
  ],
  Greek: [
    ["`1234567890-=", ";ςερτυθιοπ[]", "ασδφγηξκλ◌'\\", "<ζχψωβνμ,./"],
    ["~!@#$%^&*()_+", ":ΣΕΡΤΥΘΙΟΠ{}", "ΑΣΔΦΓΗΞΚΛ◌\"|", ">ΖΧΨΩΒΝΜ<>?"],
    ["             ", "  €         ", "            ", "           "],
  ],
  Arabic: [
    ["ذ1234567890-=", "ضصثقفغعهخحجد", "شسيبلاتنمكط\\", " ئءؤرﻻىةوزظ"],
    ["◌!@#$%^&*)(_+", "◌◌◌◌ﻹإ`÷×؛<>", "◌◌][ﻷأـ،/:\"|", " ~◌}{ﻵآ',.؟"],
    ["             ", "            ", "            ", "           "],
  ],
};

/**
 * Return every key press of a layout that types something, as a browser reports it.
 *
 * @param {string} name
 * @returns {import("../../../static/keyboard/keys.js").KeyPress[]}
 */
export function pressesOf(name) {
  return TYPED[name].flatMap((rows, level) => rows.flatMap((row, index) => [...row].flatMap((character, place) => {
    if (character === " ") return [];
    const getModifierState = (/** @type {string} */ modifier) => modifier === "AltGraph" && level === 2;
    const accent = name === "Arabic" ? "\u064b" : "Dead";
    return [{ key: character === "◌" ? accent : character.normalize("NFKC"), code: ROWS[index][place],
      shiftKey: level === 1, ctrlKey: level === 2, altKey: level === 2, getModifierState }];
  })));
}

export const LAYOUTS = Object.keys(TYPED);
