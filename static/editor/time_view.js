/** How long the person has been at work on this text. The style sheet hides it from those who do not like to see it. */

import { find } from "./elements_view.js";
import { timeInWords } from "./timer.js";

/** @param {import("./timer.js").Timer|null} timer null where no time is measured */
export function showTime(timer) {
  if (!timer) return;
  const place = find("#active-time");
  const update = () => {
    place.textContent = `${timeInWords(timer.seconds)} at work`;
  };
  timer.changed = update;
  update();
}
