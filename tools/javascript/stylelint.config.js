// Run from the root of the project: stylelint --config tools/javascript/stylelint.config.js "static/css/**/*.css"

/** Functions that make a colour out of raw numbers; color-mix() of two custom properties stays allowed. */
const COLOUR_FUNCTIONS = ["rgb", "rgba", "hsl", "hsla", "hwb", "lab", "lch", "oklab", "oklch", "color"];
/** Spaces and sizes come from the scale in tokens.css; hairlines of 1px and what is relative (%, fr, ch, vw) are free. */
const SCALED =
  "/^(margin|padding|inset|scroll-margin|scroll-padding)(-.+)?$|^((row|column)-)?gap$|^(top|right|bottom|left)$|^font-size$|radius$/";
const RAW_UNITS = ["px", "rem", "pt", "cm", "mm", "in"];

export default {
  reportNeedlessDisables: true,
  reportDescriptionlessDisables: true,
  rules: {
    "annotation-no-unknown": true,
    "block-no-empty": true,
    "color-named": "never",
    "color-no-hex": true,
    "color-no-invalid-hex": true,
    "custom-property-no-missing-var-function": true,
    "custom-property-pattern": "^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
    "declaration-block-no-duplicate-properties": [true, { ignore: ["consecutive-duplicates-with-different-syntaxes"] }],
    "declaration-block-no-shorthand-property-overrides": true,
    "declaration-property-unit-disallowed-list": { [SCALED]: RAW_UNITS },
    "font-family-no-missing-generic-family-keyword": true,
    "function-calc-no-unspaced-operator": true,
    "function-disallowed-list": COLOUR_FUNCTIONS,
    "function-no-unknown": true,
    "max-nesting-depth": 2,
    "media-feature-name-no-unknown": true,
    "no-duplicate-at-import-rules": true,
    "no-duplicate-selectors": true,
    "no-invalid-double-slash-comments": true,
    "property-no-unknown": true,
    "property-no-vendor-prefix": true,
    "selector-class-pattern": "^[a-z][a-z0-9]*(-{1,2}[a-z0-9]+|__[a-z0-9]+)*$",
    "selector-max-id": 0,
    "selector-pseudo-class-no-unknown": true,
    "selector-pseudo-element-no-unknown": true,
    "selector-type-no-unknown": [true, { ignore: ["custom-elements"] }],
    "unit-no-unknown": true,
  },
  overrides: [
    {
      files: ["**/tokens.css"],
      rules: {
        "color-no-hex": null,
        "declaration-property-unit-disallowed-list": null,
        "function-disallowed-list": null,
        "no-duplicate-selectors": null,
      },
    },
  ],
};
