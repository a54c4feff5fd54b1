/** The tomorrow test of the review: loaded by script, and only for schemas with denials and hedges. */

import { answerTomorrow } from "./commands/tomorrow.js";
import { questionsOf } from "./model/review/tomorrow.js";

/** Return what the review asks, and how it is answered. */
export function openTomorrow() {
  return { questionsOf, answerTomorrow };
}
