// SPDX-License-Identifier: MIT
// A list: a table whose heads sort, filters, and the way to the other pages.
#include <algorithm>

#include "api/pages/filter_fields.hpp"
#include "api/pages/kinds.hpp"
#include "api/pages/query_text.hpp"
#include "api/pages/template.hpp"
#include "api/pages/values.hpp"

namespace restapi::api::pages {
namespace {

using nlohmann::json;

constexpr int sizes[] = {20, 50, 100, 400};

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
    view["query"] = shown_.target.decoded_query;
    view["kept_query"] = query_text(kept_);
    add_table(view);
    add_pages(view);
    add_filters(view, segments.size() > 2 ? segments[2] : "nodes");
    Part part{last, fill("list", view)};
    part.resource = segments.size() > 2 ? segments[2] : "";
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

  void add_table(json& view) {
    auto columns = json::array();
    std::vector<std::string> keys;
    if (!rows_->empty()) keys = keys_in_order(rows_->front());
    std::string order;
    for (std::string_view const clause : clauses_)
      if (key_of(clause) == "orderby") order = clause.substr(std::min<std::size_t>(clause.size(), 8));
    // Columns of which no row has a value say nothing, unless they are asked about.
    std::erase_if(keys, [&](auto const& key) {
      bool const is_asked = shown_.target.decoded_query.find(key) != std::string::npos;
      return !is_asked && std::ranges::all_of(*rows_, [&](auto const& row) {
        auto const value = row.find(key);
        return value == row.end() || value->is_null();
      });
    });
    for (auto const& key : keys) {
      bool const up = order == key || order == "+" + key, down = order == "-" + key;
      auto clauses = without(kept_, "orderby");
      clauses.push_back("orderby=" + std::string(up ? "-" : "") + key);
      bool const is_nested = key.find('.') != key.npos;
      columns.push_back({{"column", key},
                         {"column_href", is_nested ? json(false) : json(link_to(clauses, 0, limit_))},
                         {"sorted", up     ? json("ascending")
                                    : down ? json("descending")
                                           : json(false)},
                         {"arrow", up     ? "▲"
                                   : down ? "▼"
                                          : ""},
                         {"is_number", rows_->front()[key].is_number()}});
    }
    auto table = json::array();
    for (auto const& row : *rows_) {
      auto cells = json::array();
      auto const address = address_of(resource_, row, shown_.root);
      for (auto const& key : keys)
        if (auto const value = row.find(key); value != row.end())
          cells.push_back(cell_of(key, *value, address, shown_.root));
      auto& shown_row = table.emplace_back(json::object());
      shown_row["cells"] = std::move(cells);
    }
    view["columns"] = std::move(columns);
    view["rows"] = std::move(table);
  }

  void add_pages(json& view) const {
    auto const count = std::ssize(*rows_);
    auto const total = shown_.facts.total;
    view["range"] = count == 0 ? "none" : spaced(offset_ + 1) + "–" + spaced(offset_ + count);
    view["total"] = total ? json(spaced(*total)) : json(false);
    view["hint"] = shown_.facts.hint.empty() ? json(false) : json(shown_.facts.hint);
    auto const link = [&](bool is_there, std::int64_t offset) {
      return is_there ? json(link_to(kept_, offset, limit_)) : json(false);
    };
    bool const has_more = total ? offset_ + count < *total : count == limit_;
    view["first"] = link(offset_ > 0, 0);
    view["previous"] = link(offset_ > 0, std::max<std::int64_t>(offset_ - limit_, 0));
    view["next"] = link(has_more && count > 0, offset_ + limit_);
    view["last"] = link(has_more && total && limit_ > 0, limit_ > 0 && total ? (*total - 1) / limit_ * limit_ : 0);
    auto list = json::array();
    if (std::ranges::find(sizes, limit_) == std::end(sizes)) list.push_back({{"size", limit_}, {"size_href", false}});
    for (auto const size : sizes)
      list.push_back({{"size", size}, {"size_href", size == limit_ ? json(false) : json(link_to(kept_, 0, size))}});
    view["sizes"] = list;
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
    view["csv"] = path_ + ".csv" + query_of(kept_);
  }

  /// Where the values of a key are counted, of the rows that match. Of neighbours there is no such address.
  std::string facets_of(std::string const& resource, std::string const& key) const {
    if (path_ != shown_.root + "api/v2/" + resource) return {};
    auto clauses = without(kept_, "orderby");
    clauses.insert(clauses.begin(), "keys=" + key);
    return path_ + "/facets" + query_of(clauses);
  }

  Shown const& shown_;
  std::string const path_;
  std::vector<std::string> const clauses_;
  std::vector<std::string> kept_;
  std::int64_t const limit_;
  std::int64_t offset_;
  json const* rows_ = &no_rows();
  std::string resource_;
};

}  // namespace

Part list_page(Shown const& shown) { return ListPage(shown).part(); }

}  // namespace restapi::api::pages
