/** Prints what index.d.ts declares, read by TypeScript itself: exports, members of Live, events, frames. */

import { createRequire } from "node:module";

const [modules, file] = process.argv.slice(2);
const ts = createRequire(`${modules}/`)("typescript");
const program = ts.createProgram([file], { strict: true, noEmit: true, target: ts.ScriptTarget.ES2022 });
const checker = program.getTypeChecker();
const module = checker.getSymbolAtLocation(program.getSourceFile(file));
const declared = Object.fromEntries(checker.getExportsOfModule(module).map((symbol) => [symbol.name, symbol]));
const isValue = (symbol) => (symbol.flags & ts.SymbolFlags.Value) !== 0;
const isOptional = (symbol) => (symbol.flags & ts.SymbolFlags.Optional) !== 0;

function members(name) {
  return declared[name].declarations[0].members.map((member) => member.name?.text).filter(Boolean);
}

function frames(name) {
  const union = checker.getDeclaredTypeOfSymbol(declared[name]).types;
  return union.flatMap((type) => {
    const fields = type.getProperties().filter((field) => field.name !== "t");
    const tag = checker.getTypeOfSymbol(type.getProperty("t"));
    const shape = fields.map((field) => field.name + (isOptional(field) ? "?" : "")).sort();
    return (tag.types ?? [tag]).map((each) => [each.value, shape]);
  });
}

console.log(JSON.stringify({
  exports: Object.values(declared).filter(isValue).map((symbol) => symbol.name).sort(),
  members: [...new Set(members("Live"))].sort(),
  events: members("LiveEvents").sort(),
  server: Object.fromEntries(frames("ServerFrame")),
  client: Object.fromEntries(frames("ClientFrame")),
}));
