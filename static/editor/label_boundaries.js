/**
 * What the rules for one label keep outside its spans: articles, linking words, descriptions beside a name. Pure.
 *
 * The rules know some words and no grammar. Where these do not tell, nothing is cut: a word too many is seen and cut by
 * hand, a word too few is easily overlooked.
 */

const ARTICLE = /^(?:the|an?)\s+/iu;
/** “that is false” begins with what it is about, “that the dam leaks” with a mere link. */
const COMPLEMENTISER = new RegExp("^(?:(?:said|says)\\s+)?(?:whether(?:\\s+or\\s+not)?|that(?!\\s+(?:is|was|will|would"
  + "|has|had|may|might|can|could|should|must|does|did|(?:is|was|would|does|did|could|should)n['’]t|cannot)\\s))\\s+"
  + "|^(?:said|says)[,:]?\\s+", "u");
/** Some link only before a comma or a new subject: “so far”, “rather than”, “however hard”, “but for” do not. */
const CONNECTIVE = new RegExp("^(?:(?:but|however|therefore|furthermore|moreover|rather|and|so),\\s*"
  + "|(?:but(?!\\s+for\\s)|therefore|furthermore|moreover|and)\\s+"
  + "|so\\s+(?=(?:the|an?|he|she|it|they|we|you|I|there|this|these|those|his|her|its|their|our|my|your|nobody|no)\\s))",
"iu");
const POSSESSIVE = /(?:['’]s|(?<=s)['’])$/iu;
/** What follows a possessive: a thing, which “McDonald's” before a verb or at the end of a sentence does not own. */
const OWNED = new RegExp("^\\s+(?!(?:said|says|told|denie[sd]|declined|refused|claim(?:s|ed)|is|are|was|were|has|had"
  + "|have|will|would|did|does|and|or|but)\\s)[\\p{L}\\p{N}“‘\"'(]", "u");
const APPOSITION = /,\s+|\s+(?=(?:who|whom|whose|which)\s)/u;
/** A comma that belongs to a name. */
const NAME_GOES_ON = /^,\s+(?:Jr|Sr|Inc|Ltd|Corp|Co|LLC|LLP|PLC|plc|S\.A|N\.V|M\.?D|Ph\.?D|[IVX]+)\b\.?/u;
const SENTENCE_STARTS = /(?:^|\n\s*|[.!?:…]["”’»)\]]*\s+|["“‘«„([–—-]\s*)$/u;

/**
 * What the rules for a label cut off, in characters.
 *
 * @param {{words: string, before: string, after: string}} piece of a text, with some of what stands around it
 * @param {Set<string>} out what stays outside: "leading_article", "possessive", "apposition_after_comma",
 *   "leading_complementiser", "leading_connective"
 */
export function cutForLabel({ words, before, after }, out) {
  const leading = [out.has("leading_article") && !isNameWithArticle(words, before) && ARTICLE,
    out.has("leading_complementiser") && COMPLEMENTISER, out.has("leading_connective") && CONNECTIVE];
  for (const pattern of leading) {
    const length = pattern ? pattern.exec(words)?.[0].length : 0;
    if (length) return { before: length, after: 0 };
  }
  const possessive = out.has("possessive") && OWNED.test(after) ? POSSESSIVE.exec(words)?.[0].length : 0;
  if (possessive) return { before: 0, after: possessive };
  return out.has("apposition_after_comma") ? cutApposition(words) : { before: 0, after: 0 };
}

/**
 * In the middle of a sentence a capital letter makes the article a part of the name: The Guardian.
 *
 * @param {string} words
 * @param {string} before
 */
function isNameWithArticle(words, before) {
  return /^(?:The|An?)\s+\p{Lu}/u.test(words) && !SENTENCE_STARTS.test(before);
}

/**
 * Of a name and a description with a comma between them the part with the name; the first one when both may be. An
 * enumeration stays whole.
 *
 * @param {string} words
 * @returns {{before: number, after: number}}
 */
function cutApposition(words) {
  const found = APPOSITION.exec(words);
  if (!found || isEnumeration(words)) return { before: 0, after: 0 };
  const { index } = found;
  const rest = index + found[0].length;
  const goesOn = NAME_GOES_ON.exec(words.slice(index))?.[0].length ?? 0;
  if (goesOn > 0) {
    const further = cutApposition(words.slice(index + goesOn));
    return index + goesOn === words.length ? { before: 0, after: 0 } : { before: 0, after: further.after };
  }
  const isNameLater = found[0].startsWith(",")
    && isNameAfter(words.slice(0, index), words.slice(rest).split(APPOSITION)[0]);
  return isNameLater ? { before: rest, after: 0 } : { before: 0, after: words.length - index };
}

/**
 * @param {string} first
 * @param {string} second
 */
function isNameAfter(first, second) {
  if (!endsInName(first)) return endsInName(second);
  // The name in “the mayor of Ebra” is that of a town; “Hanno Silt” after it the mayor's, a mere “Illinois” is not.
  return /(?:^|\s)\p{Ll}\S*\s(?:of|for|in|at)\s+\p{Lu}\S*$/u.test(first)
    && /^\p{Lu}\S*(?:\s+\S+)*\s+\p{Lu}\S*$/u.test(second);
}

/** @param {string} words */
function endsInName(words) {
  return /(?:^|\s)\p{Lu}\S*$/u.test(words);
}

/**
 * Whether these are several, “Ada, Ben and Cy”, and not one with a description, “Ada, mathematician and writer”: all
 * members have to be of one kind.
 *
 * @param {string} words
 */
function isEnumeration(words) {
  const last = /,?\s+(?:and|or|&)\s+(?!.*,)/u.exec(words);
  if (!last || !words.slice(0, last.index).includes(", ")) return false;
  const members = [...words.slice(0, last.index).split(/,\s+/u), words.slice(last.index + last[0].length)];
  const [first, ...others] = members.map(kindOf);
  const isOneKind = new Set(others).size === 1;
  return isOneKind && (first === others[0] || (first === "bare" && others[0] === "definite")); // its article is cut
}

/** @param {string} member */
function kindOf(member) {
  if (/^(?:the|his|her|its|their|our|my|your)\s/iu.test(member)) return "definite";
  if (/^an?\s/iu.test(member)) return "indefinite";
  return endsInName(member) && /^\p{Lu}/u.test(member) ? "name" : "bare";
}
