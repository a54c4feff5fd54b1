import assert from "node:assert/strict";
import { test } from "node:test";
import { OpenSuggestions } from "../../../../../static/editor/model/assistance/open_suggestions.js";
import { acceptance, readSuggestions } from "../../../../../static/editor/model/assistance/suggestions.js";
import { actAtRandom } from "../../support/actions.js";
import { makeText, openEditor } from "../../support/editors.js";
import { Random } from "../../support/random.js";

/**
 * Return suggestions for words of a text, and links from claims to speakers.
 *
 * @param {string} text
 * @param {Random} random
 */
function suggestionsFor(text, random) {
  const words = [...text.matchAll(/\S+/gu)];
  const spans = Array.from({ length: 20 }, (_, number) => {
    const first = random.below(words.length);
    const last = Math.min(words.length - 1, first + random.below(3));
    const [start, end] = [words[first].index, words[last].index + words[last][0].length];
    return { id: `s${number}`, label: random.of(["Claim", "Speaker", "Hedge"]), score: 0.7, attributes: {},
      offered: random.chance(0.7), fragments: /** @type {[number, number][]} */ ([[start, end]]) };
  });
  const relations = spans.slice(1).map(({ id }, index) => ({ label: "attributed-to", from: spans[index].id, to: id }));
  const asIs = { toUtf16: (/** @type {number} */ offset) => offset };
  return readSuggestions([{ source: "rules", version: "1", spans, relations }], /** @type {any} */ (asIs));
}

test("what is left after each step is what a new look at the whole text finds", () => {
  for (let seed = 0; seed < 25; seed += 1) {
    const random = new Random(900 + seed);
    const editor = openEditor(makeText(random, 25));
    const { store } = editor;
    const { suggestions, links } = suggestionsFor(store.state.document.text, random);
    const left = new OpenSuggestions(store.state, suggestions, links);
    store.subscribe(({ state, transaction, blocks }) => left.update(state, transaction.changes ?? [], blocks));
    for (let step = 0; step < 40; step += 1) {
      const chosen = left.all[random.below(left.all.length)];
      if (chosen && random.chance(0.3)) {
        store.dispatch({ changes: acceptance(store.state, [chosen], left).changes, userEvent: "add.span" });
      } else if (random.chance(0.2)) editor.history.undo();
      else if (chosen && random.chance(0.1)) left.close(chosen);
      else actAtRandom(editor, random);

      const again = new OpenSuggestions(store.state, suggestions, links);
      for (const { key } of suggestions) if (!left.byKey.has(key)) again.byKey.delete(key);
      assert.deepEqual(left.all.map(({ key }) => key), again.all.map(({ key }) => key));
      assert.deepEqual(left.offered.map(({ key }) => key), again.offered.map(({ key }) => key));
    }
  }
});
