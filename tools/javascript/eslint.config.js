// Run from the root of the project: eslint --config tools/javascript/eslint.config.js static tests/js
import js from "@eslint/js";
import globals from "globals";

/** Modules that may touch the page; those of `model` and `commands` also run in Node and get no browser globals. */
const PAGE_MODULES = ["static/editor/*.js", "static/editor/views/**/*.js"];
/** The only modules that talk to the server and to the storage of the browser. */
const SAVING_MODULES = ["static/editor/saving/**/*.js"];
/** The layers of the editor, and those that each may import, besides itself and the text of the page. */
const LAYERS = { model: [], commands: ["model"], saving: ["model"], views: ["model", "commands", "saving"] };

/**
 * Return the rule that lets the modules of one layer of the editor import only the layers below it.
 *
 * @param {[string, string[]]} layer
 */
const layerRules = ([layer, below]) => {
  const forbidden = Object.keys(LAYERS).filter((other) => other !== layer && !below.includes(other));
  const names = [...forbidden, "main", "session", "extras"].join("|");
  const message = `Modules of static/editor/${layer} import only ${[layer, ...below].join(", ")}.`;
  return {
    files: [`static/editor/${layer}/**/*.js`],
    rules: { "no-restricted-imports": ["error", { patterns: [{ regex: `\\.\\./(${names})(/|\\.js$)`, message }] }] },
  };
};

/** Globals whose names modules have at their top: the global itself is used nowhere. */
const TAKEN = ["History", "escape", "find", "status"];

/** Modules are joined into one scope, in which a name at the top of one would hide a global from all of them. */
const HIDDEN = Object.keys({ ...globals.browser, ...globals.builtin }).filter((name) => !TAKEN.includes(name));
const GLOBAL = `[name=/^(?:${HIDDEN.join("|")})$/]`;
const DECLARED = ["FunctionDeclaration", "ClassDeclaration", "VariableDeclaration > VariableDeclarator"]
  .flatMap((kind) => ["Program", "Program > ExportNamedDeclaration"].map((top) => `${top} > ${kind} > Identifier.id`));

const JOINED = DECLARED.map((place) => ({
  selector: `${place}${GLOBAL}`, message: "This is the name of a global: modules are joined into one scope.",
}));

const FORBIDDEN = [
  {
    selector: "AssignmentExpression > MemberExpression.left[property.name=/^(inner|outer)HTML$/]",
    message: "Labels and texts are hostile: use textContent, or build elements.",
  },
  {
    selector: "CallExpression[callee.property.name=/^(insertAdjacentHTML|write|writeln|parseFromString|setHTMLUnsafe)$/]",
    message: "Labels and texts are hostile: use textContent, or build elements.",
  },
  {
    selector: "CallExpression[callee.property.name='setAttribute'][arguments.0.value='style']",
    message: "The Content-Security-Policy refuses style attributes: set element.style properties or a class.",
  },
  { selector: "ForInStatement", message: "Use Object.entries, which leaves the prototype alone." },
];

/** Nodes within which the minifier overlooks the names that an expression uses. */
const OVERLOOKED = /^(?:Object|Sequence|Class|ArrowFunction|Function)Expression$/;

/**
 * Return whether the minifier sees that an expression uses one of some names.
 *
 * @param {any} node
 * @param {Set<string>} names
 * @returns {boolean}
 */
const uses = (node, names) => {
  if (Array.isArray(node)) return node.some((each) => uses(each, names));
  if (!node?.type || OVERLOOKED.test(node.type)) return false;
  if (node.type === "Identifier") return names.has(node.name);
  if (node.type === "MemberExpression" && !node.computed) return uses(node.object, names);
  return Object.entries(node).some(([key, child]) => key !== "parent" && uses(child, names));
};

/**
 * The minifier joins declarations of one kind that follow each other, and puts one that destructures in front, unless
 * another one is there or it sees that its value uses a name declared before. It overlooks names in the nodes above,
 * and side effects.
 */
const ORDER = {
  create: (/** @type {any} */ context) => {
    const checkAll = (/** @type {{body: any[]}} */ { body }) => {
      /** @type {{kind: string|undefined, names: Set<string>, isSafe: boolean}} */
      let run = { kind: undefined, names: new Set(), isSafe: false };
      for (const { type, kind, declarations } of body.map((statement) => statement.declaration ?? statement)) {
        if (type !== "VariableDeclaration" || kind !== run.kind) run = { kind, names: new Set(), isSafe: false };
        if (type !== "VariableDeclaration") continue;
        const [{ id, init }] = declarations;
        if (id.type === "Identifier") run.names.add(id.name);
        else if (run.names.size === 0) run.isSafe = true;
        else if (!run.isSafe && !uses(init, run.names)) context.report({ node: id, messageId: "moved" });
      }
    };
    return { BlockStatement: checkAll, Program: checkAll, StaticBlock: checkAll };
  },
  meta: { messages: { moved: "The minifier moves this before the declarations above it: destructure first." } },
};

export default [
  js.configs.recommended,
  {
    files: ["**/*.js"],
    plugins: { minifier: { rules: { order: ORDER } } },
    languageOptions: { ecmaVersion: 2024, sourceType: "module", globals: globals["shared-node-browser"] },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      "array-callback-return": "error",
      "arrow-body-style": ["error", "as-needed"],
      "consistent-return": "off", // the type checker knows better
      complexity: ["error", 14],
      "default-case-last": "error",
      eqeqeq: ["error", "always"],
      "max-len": ["error", { code: 120, ignoreUrls: true }],
      "max-lines": ["error", { max: 400 }],
      "max-lines-per-function": ["error", { max: 40, skipComments: true, skipBlankLines: true, IIFEs: true }],
      "no-alert": "error",
      "no-console": "error",
      "no-else-return": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-param-reassign": "error",
      "no-restricted-globals": ["error", ...TAKEN],
      "no-restricted-syntax": ["error", ...FORBIDDEN],
      "no-shadow": "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "no-useless-rename": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "one-var": ["error", "never"],
      "prefer-const": "error",
      "prefer-template": "error",
      "require-await": "error",
    },
  },
  {
    files: ["static/**/*.js"],
    rules: { "minifier/order": "error", "no-restricted-syntax": ["error", ...FORBIDDEN, ...JOINED] },
  },
  { files: PAGE_MODULES, languageOptions: { globals: globals.browser } },
  { files: SAVING_MODULES, languageOptions: { globals: globals.browser } },
  ...Object.entries(LAYERS).map(layerRules),
  { files: ["static/**/*.js"], ignores: ["static/editor/**"], languageOptions: { globals: globals.browser } },
  {
    files: ["tools/**/*.js"], // no page is written there
    languageOptions: { globals: globals.node },
    rules: { "no-restricted-syntax": "off" },
  },
  {
    files: ["tests/**/*.js"],
    languageOptions: { globals: globals.node },
    rules: { "max-lines-per-function": "off", "no-console": "off" },
  },
];
