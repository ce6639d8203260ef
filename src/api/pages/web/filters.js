// SPDX-License-Identifier: MIT
// The right input for the chosen key: operators of its type, a number, a date, or a choice of the values that occur.

const inputs = { int: "number", float: "number", datetime: "date" };

export function add(form) {
  const { _key: key, _operator: operator, _value: value } = form.elements;
  const choices = document.createElement("datalist");
  choices.id = "choices";
  form.append(choices);

  async function suggest(name) {
    choices.replaceChildren();
    const address = value.dataset.facets?.replace(/\?keys%3D|\?keys=/, (begin) => begin + encodeURIComponent(name));
    if (!address) return;
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok || key.value !== name) return;
    const facet = (await answer.json()).data.facets[name];
    for (const row of facet?.values ?? []) {
      if (row.value === null) continue;
      const option = document.createElement("option");
      option.value = row.value;
      option.label = `${row.value} (${row.count})`;
      choices.append(option);
    }
  }

  function adapt() {
    const type = key.selectedOptions[0]?.dataset.type ?? "str";
    for (const group of operator.querySelectorAll("optgroup")) {
      const types = group.dataset.types;
      group.hidden = group.disabled = types !== undefined && !types.split(" ").includes(type);
    }
    if (operator.selectedOptions[0]?.parentElement.disabled) operator.selectedIndex = 0;
    value.type = inputs[type] ?? "text";
    if (value.type === "number") value.step = "any";
    const isText = type === "str" || type === "bool";
    if (isText) value.setAttribute("list", choices.id);
    else value.removeAttribute("list");
    choices.replaceChildren();
  }

  key.addEventListener("change", adapt);
  value.addEventListener("focus", () => value.hasAttribute("list") && suggest(key.value));
  adapt();
}
