// SPDX-License-Identifier: MIT
/// Writes what the pages of docs/ repeat from the program's tables, so that neither can drift from the other:
///
///   restapi_docs            rewrites the marked blocks of the pages
///   restapi_docs --check    writes nothing; exits 1 and names the pages that are out of date
///
/// A block stands between `<!-- generated: NAME -->` and `<!-- end -->`, each on a line of its own; everything outside
/// is written by hand. A new block is a function and a row of `blocks`.
#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "api/v2/fields.hpp"
#include "api/v2/formats.hpp"
#include "api/v2/keys.hpp"
#include "api/v2/limit_rows.hpp"
#include "api/v2/routes.hpp"
#include "api/v2/vocabulary.hpp"
#include "api/v4/keys.hpp"
#include "api/v4/routes.hpp"
#include "api/v4/vocabulary.hpp"
#include "config/option_layer.hpp"
#include "config/options.hpp"
#include "grammar/operators.hpp"
#include "http/error_catalogue.hpp"
#include "model/accepted_operators.hpp"
#include "sql/qualify.hpp"

namespace restapi {
namespace {

using query::Field;
using query::Use;
using query::View;

using Cells = std::vector<std::string>;

std::string code(std::string_view text) { return fmt::format("`{}`", text); }

/// A table in Markdown. A bar in a cell is escaped, also within code.
class Table {
 public:
  explicit Table(Cells const& header) {
    row(header);
    row(Cells(header.size(), "---"));
  }

  void row(Cells const& cells) {
    for (auto const& cell : cells) {
      text_ += "| ";
      for (auto const byte : cell) text_ += byte == '|' ? std::string("\\|") : std::string(1, byte);
      text_ += ' ';
    }
    text_ += "|\n";
  }

  std::string const& text() const { return text_; }

 private:
  std::string text_;
};

/// The resources that share a table of columns, as one: all kinds of nodes are one group.
std::vector<std::vector<View const*>> resources_by_columns() {
  std::vector<std::vector<View const*>> groups;
  for (auto const& view : api::v2::vocabulary().views) {
    auto const columns = view.resource->columns.data();
    auto const same = [&](auto const& group) { return group.front()->resource->columns.data() == columns; };
    auto const found = std::ranges::find_if(groups, same);
    if (found == groups.end())
      groups.push_back({&view});
    else
      found->push_back(&view);
  }
  return groups;
}

std::string names_of(std::vector<View const*> const& views) {
  std::string names;
  for (auto const* view : views) names += (names.empty() ? "" : ", ") + code(view->name);
  return names;
}

// ---- docs/errors.md ------------------------------------------------------------------------------------------------

std::string errors() {
  Table table({"code", "name", "status", "when"});
  for (auto const& row : http::error_catalogue())
    table.row({std::to_string(static_cast<int>(row.code)), code(row.name), std::to_string(row.status),
               std::string(row.when)});
  return table.text();
}

// ---- docs/api-v2.md ------------------------------------------------------------------------------------------------

std::string resources() {
  Table table({"resource", "rows", "id in the path"});
  for (auto const& view : api::v2::vocabulary().views)
    table.row(
        {code(view.name), std::string(view.help),
         view.resource->identity == model::Identity::uuid ? "uuid, or an unambiguous start of it" : "integer `id`"});
  return table.text();
}

std::string endpoints() {
  using api::v2::Of;
  Table table({"path", "answer", "for", "pages"});
  for (auto const& route : api::v2::routes())
    table.row({code(std::string(api::v2::prefix) + "/" + std::string(route.pattern)), std::string(route.help),
               route.of == Of::all            ? "every resource"
               : route.of == Of::nodes        ? "`nodes` and its kinds"
               : route.of == Of::calculations ? "`nodes` and `calculations`"
                                              : "",
               route.has_pages ? "`/page`, `/page/<n>`" : ""});
  return table.text();
}

std::string formats() {
  Table table({"`Accept` contains", "the path ends in", "format", "`Content-Type`"});
  for (auto const& format : api::v2::formats())
    table.row({code(format.asked_as) + (format.is_default ? ", `application/*`, `*/*`, or nothing" : ""),
               format.ending.empty() ? "" : code("." + std::string(format.ending)), std::string(format.name),
               code(format.media_type)});
  return table.text();
}

/// `has_fields`: the version has the key `fields`.
std::string use_of(Field const& field, bool has_fields = true) {
  switch (field.use) {
    case Use::everywhere:
      return "show, filter, sort";
    case Use::on_request:
      return has_fields ? "show with `fields` only, filter, sort" : "filter, sort";
    case Use::filter_only:
      return "filter";
    case Use::shown_only:
      return "show";
    case Use::private_filter:
      return "filter, with `--private-filters` only";
  }
  return "";
}

std::string fields() {
  std::string text;
  for (auto const& group : resources_by_columns()) {
    Table table({"field", "type", "use", "meaning"});
    for (auto const& field : group.front()->fields) {
      auto meaning = std::string(field.help);
      if (!field.foreign_key.resource.empty())
        meaning += fmt::format(" (`{}` of `{}`)", field.foreign_key.column, field.foreign_key.resource);
      table.row({code(field.name), code(api::v2::schema_name(field.type)), use_of(field), meaning});
    }
    text += fmt::format("{}{}:\n\n{}", text.empty() ? "" : "\n", names_of(group), table.text());
  }
  return text;
}

// ---- docs/api-v4.md ------------------------------------------------------------------------------------------------

std::string v4_endpoints() {
  Table table({"path", "answer", "pages"});
  for (auto const& route : api::v4::routes())
    table.row({code("/api/" + std::string(route.pattern)), std::string(route.help),
               route.has_pages ? "`/page`, `/page/<n>`" : ""});
  return table.text();
}

std::string v4_fields() {
  std::string text;
  auto const add = [&text](View const& view) {
    Table table({"field", "use", "meaning"});
    for (auto const& field : view.fields) table.row({code(field.name), use_of(field, false), std::string(field.help)});
    text += fmt::format("{}`{}`:\n\n{}", text.empty() ? "" : "\n", view.name, table.text());
  };
  for (auto const& view : api::v4::vocabulary().views) add(view);
  return text;
}

std::string v4_keys() {
  using api::v4::ValueOf;
  Table table({"key", "value", "acts on"});
  for (auto const& key : api::v4::keys()) {
    std::string paths;
    for (auto const& route : api::v4::routes())
      if (key.acts_at(route.kind))
        paths += (paths.empty() ? "" : ", ") + code("/" + std::string(route.pattern.substr(3)));
    if (paths.empty()) continue;
    table.row({code(key.reserved.name),
               key.value == ValueOf::number  ? "an integer from " + std::to_string(key.least)
               : key.value == ValueOf::truth ? "`true` or `false`"
               : key.value == ValueOf::names ? "names, with commas between them"
                                             : "a text in quotes",
               paths});
  }
  return table.text();
}

// ---- docs/query-language.md ----------------------------------------------------------------------------------------

std::string relations() {
  Table table({"of", "relation", "leads to", "which are"});
  for (auto const& relation : model::relations())
    table.row({relation.from == "nodes" ? "`nodes` and its kinds" : code(relation.from), code(relation.name),
               code(relation.to), std::string(relation.help)});
  return table.text();
}

std::string related_keys() {
  Table table({"of", "key", "type", "meaning"});
  for (auto const& view : api::v2::vocabulary().related) {
    for (auto const& field : view.fields)
      table.row(
          {code(view.name), code(field.name), std::string(model::row_of(field.type).page), std::string(field.help)});
    for (auto const& document : view.resource->documents)
      table.row(
          {code(view.name), code(document.name), "document", "[A path](#attributes-and-extras) stands behind a point"});
  }
  return table.text();
}

/// Of columns.
std::string operators() {
  std::vector<ast::Operator> of_columns;
  for (auto const& row : grammar::operators_in_order)
    if (std::ranges::find(model::only_of_documents, row.family) == model::only_of_documents.end())
      of_columns.push_back(row.comparison);
  Cells header{"type"};
  for (auto const comparison : of_columns) header.push_back(code(grammar::row_of(comparison).text));
  Table table(header);
  for (auto const& acceptance : model::acceptances) {
    Cells cells{std::string(model::row_of(acceptance.type).page)};
    for (auto const comparison : of_columns) cells.push_back(model::accepts(acceptance.type, comparison) ? "yes" : "");
    table.row(cells);
  }
  return table.text();
}

std::string reserved_keys() {
  Table table({"key", "where", "value"});
  for (auto const& key : api::v2::keys())
    table.row({code(key.reserved.name), std::string(key.place), std::string(key.accepts)});
  return table.text();
}

std::string keys() {
  struct Key {
    Field const* field;
    std::vector<View const*> views;
  };
  std::vector<Key> all;
  for (auto const& group : resources_by_columns())
    for (auto const& field : group.front()->fields) {
      auto const same = [&](Key const& key) {
        return key.field->name == field.name && key.field->model().type == field.type && key.field->use == field.use;
      };
      auto found = std::ranges::find_if(all, same);
      if (found == all.end()) found = all.insert(all.end(), {&field, {}});
      found->views.push_back(group.front());
    }
  std::ranges::sort(all, {}, [](Key const& key) { return key.field->name; });

  Table table({"key", "type", "resources", "use"});
  for (auto const& key : all) {
    auto names = names_of(key.views);
    if (key.views.front()->resource->is_node) names.insert(std::min(names.find(','), names.size()), " and its kinds");
    table.row({code(key.field->name), std::string(model::row_of(key.field->model().type).page), names,
               key.field->use == Use::everywhere ? "filter, sort" : use_of(*key.field)});
  }
  return table.text();
}

std::string limits() {
  Table table({"what", "at most"});
  for (auto const& row : api::v2::limit_rows()) table.row({std::string(row.what), std::to_string(row.at_most)});
  return table.text();
}

// ---- docs/schema.md ------------------------------------------------------------------------------------------------

/// One row for each expression, in the order in which they are tried.
void add_expressions(Table& table, std::string const& what, model::Expressions const& expressions) {
  for (auto const& expression : expressions) {
    if (expression.sql.empty()) continue;
    table.row({&expression == &expressions.front() ? what : "", code(sql::without_marks(expression.sql.text())),
               expression.needs.empty() ? "" : code(expression.needs)});
  }
}

std::string expressions() {
  std::string text;
  for (auto const& group : resources_by_columns()) {
    Table table({"field", "read from", "if there is"});
    for (auto const& field : group.front()->fields) add_expressions(table, code(field.name), field.model().expressions);
    text += fmt::format("{}{}, rows of `{}`:\n\n{}", text.empty() ? "" : "\n", names_of(group),
                        sql::without_marks(group.front()->resource->table.text()), table.text());
  }
  return text;
}

std::string kinds() {
  Table table({"resource", "rows where", "if there is"});
  for (auto const& view : api::v2::vocabulary().views)
    if (view.resource->is_node) add_expressions(table, code(view.name), view.resource->kind);
  return table.text();
}

// ---- docs/configuration.md -----------------------------------------------------------------------------------------

std::string options() {
  Table table({"option", "value", "default", "section", "meaning"});
  for (auto const& row : config::option_rows()) {
    std::string const flags = row.flags;
    auto names = code(config::long_flag(row));
    if (flags.starts_with('-') && !flags.starts_with("--")) names += ", " + code(flags.substr(0, flags.find(',')));
    auto const standard = config::default_of(row);
    bool const is_word = *row.default_words != '\0';
    table.row({names, row.value_name, standard.empty() || is_word ? standard : code(standard),
               config::may_stand_in_section(row) ? "yes" : "", row.help});
  }
  return table.text();
}

// ---- pages ---------------------------------------------------------------------------------------------------------

struct Block {
  std::string_view name;
  std::string (*content)();
};

constexpr Block blocks[] = {
    {"errors", errors},
    {"resources", resources},
    {"endpoints", endpoints},
    {"fields", fields},
    {"operators", operators},
    {"relations", relations},
    {"related keys", related_keys},
    {"reserved keys", reserved_keys},
    {"keys", keys},
    {"limits", limits},
    {"expressions", expressions},
    {"kinds", kinds},
    {"options", options},
    {"formats", formats},
    {"v4 endpoints", v4_endpoints},
    {"v4 fields", v4_fields},
    {"v4 keys", v4_keys},
};

constexpr std::string_view begin_mark = "<!-- generated: ";
constexpr std::string_view measured_mark = "<!-- generated: bench ";  // tools/bench writes those
constexpr std::string_view end_mark = "<!-- end -->";

std::string read_file(std::filesystem::path const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The page with its blocks written anew, and what is wrong with its marks.
struct Page {
  std::string text;
  std::string fault = {};
};

Page renew(std::string const& old, std::set<std::string_view>& used) {
  Page page;
  bool in_block = false, in_measured = false;
  std::istringstream lines(old);
  for (std::string line; std::getline(lines, line);) {
    if (line == end_mark) {
      if (!in_block && !in_measured) page.fault = "an end without a beginning";
      in_block = in_measured = false;
    }
    if (!in_block) page.text += line + "\n";
    in_measured = in_measured || line.starts_with(measured_mark);
    if (!line.starts_with(begin_mark) || in_measured) continue;
    auto const name = line.substr(begin_mark.size(), line.find(" -->") - begin_mark.size());
    auto const block = std::ranges::find(blocks, name, &Block::name);
    if (in_block) page.fault = "a block within a block: " + name;
    if (block == std::end(blocks)) return {old, "there is no block called \"" + name + "\""};
    used.insert(block->name);
    page.text += "\n" + block->content() + "\n";
    in_block = true;
  }
  if (in_block) page.fault = "a block that does not end";
  return page;
}

int run(bool check) {
  std::filesystem::path const root = RESTAPI_SOURCE_DIR;
  std::vector<std::filesystem::path> pages{root / "README.md"};
  for (auto const& entry : std::filesystem::directory_iterator(root / "docs"))
    if (entry.path().extension() == ".md") pages.push_back(entry.path());
  std::ranges::sort(pages);

  std::set<std::string_view> used;
  int faults = 0;
  for (auto const& path : pages) {
    auto const name = path.lexically_relative(root).string();
    auto const old = read_file(path);
    auto const page = renew(old, used);
    if (!page.fault.empty()) {
      std::cerr << name << ": " << page.fault << '\n';
      ++faults;
    } else if (page.text != old && check) {
      std::cerr << name << " is out of date; tools/docs writes it anew\n";
      ++faults;
    } else if (page.text != old) {
      std::ofstream(path, std::ios::binary) << page.text;
      std::cout << name << " written\n";
    }
  }
  for (auto const& block : blocks) {
    if (used.contains(block.name)) continue;
    std::cerr << "no page has the block \"" << block.name << "\"\n";
    ++faults;
  }
  return faults == 0 ? 0 : 1;
}

}  // namespace
}  // namespace restapi

int main(int count, char** arguments) {
  std::string_view const mode = count > 1 ? arguments[1] : "";
  if (count > 2 || (!mode.empty() && mode != "--check")) {
    std::cerr << "usage: restapi_docs [--check]\n";
    return 2;
  }
  return restapi::run(mode == "--check");
}
