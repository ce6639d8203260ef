// SPDX-License-Identifier: MIT
// A list: a table whose heads sort, filters, and the way to the other pages.
#include <fmt/format.h>

#include <algorithm>

#include "api/pages/filter_fields.hpp"
#include "api/pages/kinds.hpp"
#include "api/pages/query_text.hpp"
#include "api/pages/states.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

// With more rows a page gets long.
constexpr int sizes[] = {20, 50, 100};
constexpr std::size_t longest_link = 100;

json state_cell(State const& state) {
  constexpr std::size_t longest = 60;
  return {{"cell_class", "state state-" + state.look}, {"cell_text", short_text(state.text, longest)}};
}

/// The path of the whole list: without /page/3 and without an ending.
std::string path_of(Shown const& shown) {
  auto path = shown.target.path;
  if (auto const page = path.rfind("/page"); page != path.npos) path.resize(page);
  if (path.ends_with(".html")) path.resize(path.size() - std::string_view(".html").size());
  while (path.ends_with('/')) path.pop_back();
  return shown.root + path.substr(1);
}

/// The number behind /page, which begins at 1; nothing: the path has none.
std::optional<std::int64_t> page_in(http::Target const& target) {
  auto const& segments = target.segments;
  auto const page = std::ranges::find(segments, "page");
  if (page == segments.end()) return std::nullopt;
  return page + 1 == segments.end() ? 1 : number_of({"page=" + *(page + 1)}, "page");
}

class ListPage {
 public:
  explicit ListPage(Shown const& shown)
      : shown_(shown),
        path_(path_of(shown)),
        clauses_(clauses_of(shown.target.decoded_query)),
        limit_(number_of(clauses_, "limit").value_or(number_of(clauses_, "perpage").value_or(usual_size))),
        is_after_(std::ranges::any_of(clauses_, [](auto const& clause) { return key_of(clause) == "after"; })),
        offset_(number_of(clauses_, "offset").value_or(0)) {
    if (auto const page = page_in(shown.target)) offset_ = (std::max<std::int64_t>(*page, 1) - 1) * limit_;
    kept_ = without(without(without(without(clauses_, "limit"), "perpage"), "offset"), "after");
    // {"nodes": [...]}
    if (shown.data.is_object() && !shown.data.empty() && shown.data.begin()->is_array()) rows_ = &*shown.data.begin();
    resource_ = std::string(shown.facts.resource_type);
  }

  Part part() {
    auto const& segments = shown_.target.segments;
    auto const last = path_.substr(path_.rfind('/') + 1);
    json view{{"heading", last}, {"path", path_}, {"empty", rows_->empty()}};
    bool const is_usual = limit_ == usual_size && offset_ == 0;
    view["query"] = is_usual ? query_text(kept_) : shown_.target.decoded_query;
    auto with_size = kept_;
    if (limit_ != usual_size) with_size.push_back("limit=" + std::to_string(limit_));
    view["kept_query"] = query_text(with_size);
    add_links(segments);
    add_table(view);
    add_pages(view);
    add_filters(view, segments.size() > 2 ? segments[2] : "nodes");
    Part part{last, fill("list", view)};
    part.resource = segments.size() > 2 ? segments[2] : "";
    if (shown_.facts.total) {
      auto counted = without(kept_, "orderby");
      counted.emplace_back("limit=0");
      part.counted = {path_ + ".json" + query_of(counted), *shown_.facts.total};
    }
    return part;
  }

 private:
  static json const& no_rows() {
    static json const none = json::array();
    return none;
  }

  static std::string query_text(std::vector<std::string> const& clauses) {
    std::string text;
    for (auto const& clause : clauses) (text += text.empty() ? "" : "&") += clause;
    return text;
  }

  std::string link_to(std::vector<std::string> clauses, std::int64_t offset, std::int64_t limit) const {
    if (limit != usual_size) clauses.push_back("limit=" + std::to_string(limit));
    if (offset > 0) clauses.push_back("offset=" + std::to_string(offset));
    return path_ + query_of(clauses);
  }

  /// Of inputs and outputs: the links that lead to them, which /api/v4 tells.
  void add_links(std::vector<std::string> const& segments) {
    bool const is_input = segments.size() > 5 && segments[4] == "io" && segments[5].starts_with("inputs");
    bool const is_output = segments.size() > 5 && segments[4] == "io" && segments[5].starts_with("outputs");
    if (!is_input && !is_output) return;
    std::string ids;
    for (auto const& row : *rows_)
      if (row.contains("id")) ids += (ids.empty() ? "" : ",") + plain(row["id"]);
    if (ids.empty()) return;
    std::string const direction = is_input ? "incoming" : "outgoing";
    auto const links = links_of(segments[3], direction, ids);
    auto rows = *rows_;
    for (auto& row : rows) {
      row["link"] = "";
      for (auto const& link : links)
        if (link.value("id", json()) == row["id"])
          row["link"] = row["link"].get<std::string>() + (row["link"] == "" ? "" : ", ") +
                        short_text(text_in(link, "link_label"), longest_link) + " (" + text_in(link, "link_type") + ")";
    }
    linked_rows_ = std::move(rows);
    rows_ = &linked_rows_;
  }

  /// All links between a node and others, which may have several.
  json links_of(std::string const& id, std::string const& direction, std::string const& ids) const {
    constexpr std::int64_t at_once = 400, most = 4000;
    auto links = json::array();
    std::int64_t total = at_once;
    for (std::int64_t offset = 0; offset < std::min(total, most); offset += at_once) {
      auto const got = shown_.client.get(fmt::format(
          "/api/v4/nodes/{}/links/{}?id=in={}&orderby=+id&limit={}&offset={}", id, direction, ids, at_once, offset));
      if (!got || !got->data.is_object()) break;
      total = got->total.value_or(0);
      for (auto const& link : got->data.value(direction, json::array())) links.push_back(link);
    }
    return links;
  }

  void add_table(json& view) {
    auto columns = json::array();
    std::vector<std::string> keys;
    if (!rows_->empty()) keys = keys_in_order(rows_->front());
    std::string order;
    for (std::string_view const clause : clauses_)
      if (key_of(clause) == "orderby") order = clause.substr(std::min<std::size_t>(clause.size(), 8));
    // Columns of which no row of the list has a value say nothing, unless they are asked about.
    std::erase_if(keys, [&](auto const& key) {
      bool const is_all = shown_.facts.total && *shown_.facts.total == std::ssize(*rows_);
      bool const is_asked = shown_.target.decoded_query.find(key) != std::string::npos;
      return is_all && !is_asked && std::ranges::all_of(*rows_, [&](auto const& row) {
               auto const value = row.find(key);
               return value == row.end() || value->is_null();
             });
    });
    for (auto const& key : keys) {
      bool const up = order == key || order == "+" + key, down = order == "-" + key;
      auto clauses = without(kept_, "orderby");
      clauses.push_back("orderby=" + std::string(up ? "-" : "") + key);
      bool const is_nested = key.find('.') != key.npos || key == "link";
      columns.push_back({{"column", key},
                         {"column_href", is_nested ? json(false) : json(link_to(clauses, 0, limit_))},
                         {"sorted", up     ? json("ascending")
                                    : down ? json("descending")
                                           : json(false)},
                         {"arrow", up     ? "▲"
                                   : down ? "▼"
                                          : ""},
                         {"head_class", key == "uuid"                     ? "uuid"
                                        : rows_->front()[key].is_number() ? "number"
                                                                          : ""}});
    }
    auto table = json::array();
    States const states(shown_.client, *rows_);
    bool const has_uuid = std::ranges::find(keys, "uuid") != keys.end();
    for (auto const& row : *rows_) {
      auto cells = json::array();
      // Narrow screens do not show the uuid.
      bool const is_named = has_uuid && text_in(row, "label").find_first_not_of(" \t\n") != std::string::npos;
      auto const address = address_of(resource_, row, shown_.root);
      for (auto const& key : keys)
        if (auto const value = row.find(key); value != row.end())
          cells.push_back(key == "state" ? state_cell(states.of(row)) : cell(key, *value, address, is_named));
      auto& shown_row = table.emplace_back(json::object());
      shown_row["cells"] = std::move(cells);
    }
    view["columns"] = std::move(columns);
    view["rows"] = std::move(table);
  }

  /// A page has many of them: what another cell of the row says as well is left out.
  json cell(std::string const& key, json const& value, std::string const& address, bool is_named) const {
    auto cell = cell_of(key, value, address, shown_.root);
    if (key == "id" && is_named) cell.erase("cell_href");
    if (key == "uuid") cell.erase("cell_title");
    if (cell["cell_class"] == "text") cell.erase("cell_class");
    return cell;
  }

  void add_pages(json& view) const {
    auto const count = std::ssize(*rows_);
    auto const total = shown_.facts.total;
    view["beyond"] = count == 0 && total && *total > 0;
    view["range"] = count == 0 ? "none" : spaced(offset_ + 1) + "–" + spaced(offset_ + count);
    view["total"] = total ? json(spaced(*total)) : json(false);
    view["hint"] = shown_.facts.hint.empty() ? json(false) : json(shown_.facts.hint);
    auto const link = [&](bool is_there, std::int64_t offset) {
      return is_there ? json(link_to(kept_, offset, limit_)) : json(false);
    };
    bool const has_more = total ? offset_ + count < *total : count == limit_;
    if (is_after_) return add_after(view);
    view["first"] = link(offset_ > 0 || count == 0, 0);
    view["previous"] = link(offset_ > 0, std::max<std::int64_t>(offset_ - limit_, 0));
    view["next"] = link(has_more && count > 0, offset_ + limit_);
    view["last"] = link(has_more && total && limit_ > 0, limit_ > 0 && total ? (*total - 1) / limit_ * limit_ : 0);
    auto list = json::array();
    if (std::ranges::find(sizes, limit_) == std::end(sizes)) list.push_back({{"size", limit_}, {"size_href", false}});
    for (auto const size : sizes)
      list.push_back({{"size", size}, {"size_href", size == limit_ ? json(false) : json(link_to(kept_, 0, size))}});
    view["sizes"] = list;
  }

  /// Behind a row nobody counts places: the answer itself says what comes next.
  void add_after(json& view) const {
    view["range"] = spaced(std::ssize(*rows_)) + " rows";
    view["first"] = link_to(kept_, 0, limit_);
    auto const& link = shown_.facts.link;
    for (std::size_t begin = 0; (begin = link.find('<', begin)) != link.npos; ++begin) {
      auto const end = link.find('>', begin);
      if (end != link.npos && link.compare(end, 13, ">; rel=\"next\"") == 0)
        view["next"] = link.substr(begin + 1, end - begin - 1);
    }
  }

  void add_filters(json& view, std::string const& resource) const {
    auto tags = json::array();
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      if (!is_filter(kept_[i])) continue;
      auto others = kept_;
      others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
      tags.push_back({{"filter", kept_[i]}, {"filter_href", link_to(others, 0, limit_)}});
    }
    view["filters"] = tags;
    auto counted = json::array();
    if (auto const schema = shown_.client.text("/api/v2/" + resource + "/schema")) {
      auto const& fields = filter_fields(*schema);
      view["filter_fields"] = fields.html;
      for (auto const& [key, words] : fields.counted)
        counted.push_back({{"counted", words}, {"counted_href", facets_of(resource, key)}});
    }
    view["counted"] = std::move(counted);
    view["facets"] = facets_of(resource, "");
    view["schema_href"] = view["facets"] == "" ? json(false) : json(path_ + "/schema");
    view["all_href"] = tags.empty() ? json(false) : json(path_);
    // Of neighbours there is no CSV.
    auto const& segments = shown_.target.segments;
    bool const is_neighbours = segments.size() > 4 && segments[4] == "io";
    view["csv"] = is_neighbours ? json(false) : json(path_ + ".csv" + query_of(without(kept_, "count")));
  }

  /// Where the values of a key are counted, of the rows that match. Of neighbours there is no such address.
  std::string facets_of(std::string const& resource, std::string const& key) const {
    if (path_ != shown_.root + "api/v2/" + resource) return {};
    std::vector<std::string> clauses;
    for (auto const& clause : kept_)
      if (is_filter(clause)) clauses.push_back(clause);
    clauses.insert(clauses.begin(), "keys=" + key);
    return path_ + "/facets" + query_of(clauses);
  }

  Shown const& shown_;
  std::string const path_;
  std::vector<std::string> const clauses_;
  std::vector<std::string> kept_;
  std::int64_t const limit_;
  bool const is_after_;
  std::int64_t offset_;
  json const* rows_ = &no_rows();
  json linked_rows_;
  std::string resource_;
};

}  // namespace

Part list_page(Shown const& shown) { return ListPage(shown).part(); }

}  // namespace restapi::api::pages
