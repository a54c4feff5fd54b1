/**
 * @typedef {import("./types.js").Schema} Schema
 * @typedef {import("./types.js").Label} Label
 * @typedef {import("./keymap.js").Binding} Binding
 */

const CAPITALS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZ"];

/**
 * One key for every choice of an attribute, and one to go to each attribute that is typed: those that the schema names,
 * else a capital of the name that is still free on that label. Capitals, since small letters are commands.
 *
 * @param {Schema} schema
 * @param {Binding[]} others what has its keys before them, whatever is selected
 * @returns {Binding[]}
 */
export function attributeKeys(schema, others) {
  const always = others.map(({ key }) => key);
  return [...schema.labels.values()].flatMap((label) => {
    const bindings = bindingsOf(label);
    const taken = new Set([...always, ...bindings.map(({ key }) => key)]);
    for (const binding of bindings.filter(({ key }) => key === "")) {
      binding.key = freeCapital(binding.description.slice(binding.description.lastIndexOf(": ") + 2), taken);
      taken.add(binding.key);
    }
    return bindings;
  });
}

/**
 * @param {Label} label
 * @returns {Binding[]}
 */
function bindingsOf(label) {
  const common = { group: "Attributes", label: label.id };
  return label.attributes.flatMap((attribute) => {
    const name = `${label.name}: ${attribute.name}`;
    if (attribute.type !== "choice") {
      return [{ ...common, key: "", command: "view.attribute", argument: [attribute.id], description: name }];
    }
    return attribute.choices.map((choice) => ({ ...common, key: choice.hotkey ?? "", command: "attribute",
      argument: [attribute.id, choice.id], description: `${name}: ${choice.name}` }));
  });
}

/**
 * @param {string} name
 * @param {Set<string>} taken
 * @returns {string} "" when all are taken
 */
function freeCapital(name, taken) {
  const own = [...name.toUpperCase()].filter((letter) => CAPITALS.includes(letter));
  return [...own, ...CAPITALS].find((letter) => !taken.has(letter)) ?? "";
}
