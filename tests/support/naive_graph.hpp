// SPDX-License-Identifier: MIT
/// What a query of a graph of tables means, said a second time and as plainly as possible: every row of every table is
/// looked at. Knows what the queries of QueryBodies have (support/query_bodies.hpp).
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "support/ask.hpp"

namespace restapi::test {

class NaiveGraph {
 public:
  using Json = nlohmann::json;
  using Truth = std::optional<bool>;  ///< nothing: unknown
  using Row = std::vector<std::int64_t>;

  /// Reads all tables.
  explicit NaiveGraph(store::Store& store) {
    sql::Statement nodes("nodes", 9);
    nodes.add(
        "SELECT id, CAST(uuid AS text), node_type, label, CAST(ctime AS text), CAST(attributes AS text), CAST(extras "
        "AS "
        "text), dbcomputer_id, user_id FROM @db_dbnode");
    read(store, nodes, "node",
         {"id", "uuid", "node_type", "label", "ctime", "attributes", "extras", "dbcomputer_id", "user_id"});
    sql::Statement groups("groups", 3);
    groups.add("SELECT id, label, user_id FROM @db_dbgroup");
    read(store, groups, "group", {"id", "label", "user_id"});
    sql::Statement users("users", 2);
    users.add("SELECT id, first_name FROM @db_dbuser");
    read(store, users, "user", {"id", "first_name"});
    sql::Statement computers("computers", 2);
    computers.add("SELECT id, label FROM @db_dbcomputer");
    read(store, computers, "computer", {"id", "label"});
    sql::Statement links("links", 5);
    links.add("SELECT id, input_id, output_id, label, type FROM @db_dblink");
    read(store, links, "link", {"id", "input_id", "output_id", "label", "type"});
    sql::Statement members("members", 3);
    members.add("SELECT id, dbnode_id, dbgroup_id FROM @db_dbgroup_dbnodes");
    read(store, members, "member", {"id", "dbnode_id", "dbgroup_id"});
    for (auto const& node : tables_["node"]) walk_from(node.at("id"), node.at("id"), 0);
  }

  /// The ids of the vertices of each row, and of the edges with columns; of walks their depth. In the order of answers.
  std::vector<Row> rows(Json const& query) const {
    std::vector<std::map<std::string, Json>> found{{}};
    for (auto const& vertex : query.at("path")) found = joined(found, vertex, query);
    std::vector<Row> rows;
    for (auto const& row : found) {
      Row ids;
      for (auto const& vertex : query.at("path")) ids.push_back(row.at(vertex.at("tag")).at("id"));
      for (auto const& vertex : query.at("path"))
        if (auto const edge = row.find("edge of " + vertex.at("tag").get<std::string>()); edge != row.end())
          ids.push_back(edge->second.at("id"));
      rows.push_back(std::move(ids));
    }
    std::ranges::sort(rows);
    return rows;
  }

 private:
  using Found = std::map<std::string, Json>;

  void read(store::Store& store, sql::Statement const& statement, std::string const& table,
            std::vector<std::string> const& names) {
    auto const rows = store.read(statement);
    if (!rows) throw std::runtime_error(rows.error().message + rows.error().detail);
    for (std::size_t row = 0; row < rows->size(); ++row) {
      Json made = Json::object();
      for (std::size_t i = 0; i < names.size(); ++i) {
        auto const cell = rows->at(row, i);
        bool const is_document = names[i] == "attributes" || names[i] == "extras";
        bool const is_number = names[i].ends_with("id") && names[i] != "uuid";
        if (!cell)
          made[names[i]] = is_document ? Json() : Json(nullptr);
        else if (is_document)
          made[names[i]] = parse_json(std::string(*cell));
        else if (is_number)
          made[names[i]] = std::stoll(std::string(*cell));
        else
          made[names[i]] = names[i] == "ctime" ? instant(std::string(*cell)) : std::string(*cell);
        if (is_document) made["has " + names[i]] = cell.has_value();
      }
      tables_[table].push_back(std::move(made));
    }
  }

  /// With six digits behind the second.
  static std::string instant(std::string text) {
    if (text.ends_with("+00")) text.resize(text.size() - 3);
    if (text.size() == 10) text += " 00:00:00";
    text[10] = ' ';
    if (text.size() == 19) text += ".";
    text.resize(26, '0');
    return text;
  }

  void walk_from(std::int64_t start, std::int64_t at, int depth) {
    for (auto const& link : tables_["link"]) {
      auto const type = link.at("type").get<std::string>();
      if (link.at("input_id") != at || (type != "create" && type != "input_calc")) continue;
      tables_["walk"].push_back(
          {{"id", depth}, {"depth", depth}, {"ancestor_id", start}, {"descendant_id", link.at("output_id")}});
      walk_from(start, link.at("output_id"), depth + 1);
    }
  }

  static std::string table_of(std::string const& type) {
    if (type.starts_with("group.")) return "group";
    return type == "user" || type == "computer" ? type : "node";
  }

  struct Way {
    std::string_view keyword, edge, near, far;
  };
  static constexpr Way ways[] = {
      {"with_incoming", "link", "input_id", "output_id"},
      {"with_outgoing", "link", "output_id", "input_id"},
      {"with_ancestors", "walk", "ancestor_id", "descendant_id"},
      {"with_descendants", "walk", "descendant_id", "ancestor_id"},
      {"with_group", "member", "dbgroup_id", "dbnode_id"},
      {"with_node", "member", "dbnode_id", "dbgroup_id"},
  };

  std::vector<Found> joined(std::vector<Found> const& before, Json const& vertex, Json const& query) const {
    std::vector<Found> found;
    auto const type = vertex.at("entity_type").get<std::string>();
    auto const table = table_of(type);
    auto const tag = vertex.at("tag").get<std::string>();
    auto const filters = query.at("filters").value(tag, Json::object());
    auto const edge_filters = query.at("filters").value("to " + tag, Json::object());
    for (auto const& row : before)
      for (auto const& own : tables_.at(table)) {
        bool const has_type = table == "node" && !filters.contains("node_type");  // which replaces it
        if (has_type && !is_of_type(own, type)) continue;
        if (holds(filters, own) != Truth(true)) continue;
        auto next = row;
        next[tag] = own;
        if (row.empty()) {
          found.push_back(std::move(next));
          continue;
        }
        auto const& other = row.at(vertex.at("joining_value"));
        auto const keyword = vertex.at("joining_keyword").get<std::string>();
        if (table == "user" || table == "computer") {
          if (other.at(table == "user" ? "user_id" : "dbcomputer_id") == own.at("id")) found.push_back(std::move(next));
          continue;
        }
        if (keyword == "with_user" || keyword == "with_computer") {
          if (own.at(keyword == "with_user" ? "user_id" : "dbcomputer_id") == other.at("id"))
            found.push_back(std::move(next));
          continue;
        }
        auto const* const way = std::ranges::find(ways, keyword, &Way::keyword);
        if (tables_.count(std::string(way->edge)) == 0) continue;
        for (auto const& edge : tables_.at(std::string(way->edge))) {
          if (edge.at(std::string(way->near)) != other.at("id") || edge.at(std::string(way->far)) != own.at("id"))
            continue;
          if (holds(edge_filters, edge) != Truth(true)) continue;
          next["edge of " + tag] = edge;
          found.push_back(next);
        }
      }
    return found;
  }

  static bool is_of_type(Json const& node, std::string const& type) {
    if (type.empty()) return true;
    auto const beginning = type.substr(0, type.rfind('.', type.size() - 2) + 1);
    return node.at("node_type").get<std::string>().starts_with(beginning);
  }

  static Truth negated(bool is_negated, Truth truth) { return is_negated && truth ? Truth(!*truth) : truth; }

  static Truth both(Truth one, Truth other) {
    if (one == Truth(false) || other == Truth(false)) return false;
    return one && other ? Truth(true) : Truth();
  }
  static Truth either(Truth one, Truth other) {
    if (one == Truth(true) || other == Truth(true)) return true;
    return one && other ? Truth(false) : Truth();
  }

  static std::string_view bare(std::string_view word) {
    return word.starts_with('!') || word.starts_with('~') ? word.substr(1) : word;
  }

  static bool is_junction(std::string_view word) { return bare(word) == "or" || bare(word) == "and"; }

  /// Whether there is an operator at all in it.
  static bool asks_of_value(Json const& operators) {
    return std::ranges::any_of(operators.items(), [](auto const& item) {
      return !is_junction(item.key()) || std::ranges::any_of(item.value(), asks_of_value);
    });
  }
  static bool asks_of_row(Json const& filters) {
    return std::ranges::any_of(filters.items(), [](auto const& item) {
      return is_junction(item.key()) ? std::ranges::any_of(item.value(), asks_of_row) : asks_of_value(item.value());
    });
  }

  /// `part` says what one of the list means; nothing: none asks for anything.
  template <class Part, class Asks>
  static std::optional<Truth> junction(std::string_view word, Json const& list, Asks const& asks, Part const& part) {
    bool const is_any = bare(word) == "or";
    std::optional<Truth> truth;
    for (auto const& one : list) {
      if (!asks(one)) continue;
      auto const is = part(one);
      truth = truth ? (is_any ? either(*truth, is) : both(*truth, is)) : is;
    }
    if (!truth) return truth;
    return negated(bare(word).size() != word.size(), *truth);
  }

  Truth holds(Json const& filters, Json const& row) const {
    Truth truth = true;
    for (auto const& [key, value] : filters.items()) {
      if (is_junction(key)) {
        auto const part = junction(key, value, asks_of_row, [&](Json const& one) { return holds(one, row); });
        if (part) truth = both(truth, *part);
      } else {
        truth = both(truth, holds_value(key, value, row));
      }
    }
    return truth;
  }

  Truth holds_value(std::string const& key, Json const& operators, Json const& row) const {
    Truth truth = true;
    for (auto const& [word, value] : operators.items()) {
      if (is_junction(word)) {
        auto const part =
            junction(word, value, asks_of_value, [&](Json const& one) { return holds_value(key, one, row); });
        if (part) truth = both(truth, *part);
        continue;
      }
      bool const is_document = key.starts_with("attributes") || key.starts_with("extras");
      auto const is = is_document ? of_document(key, bare(word), value, row) : of_column(key, bare(word), value, row);
      truth = both(truth, negated(bare(word).size() != word.size(), is));
    }
    return truth;
  }

  static std::string folded(std::string text) {
    for (auto& byte : text)
      if (byte >= 'A' && byte <= 'Z') byte = static_cast<char>(byte + ('a' - 'A'));
    return text;
  }

  template <class Value>
  static bool compare(std::string_view word, Value const& own, Value const& other) {
    if (word == "<") return own < other;
    if (word == "<=" || word == "=<") return own <= other;
    if (word == ">") return own > other;
    return own >= other;
  }

  /// Texts of ASCII.
  static bool matches(std::string_view text, std::string_view pattern) {
    if (pattern.empty()) return text.empty();
    if (pattern[0] == '%')
      return matches(text, pattern.substr(1)) || (!text.empty() && matches(text.substr(1), pattern));
    if (text.empty()) return false;
    if (pattern[0] == '_') {
      std::size_t length = 1;
      while (length < text.size() && (static_cast<unsigned char>(text[length]) & 0xC0) == 0x80) ++length;
      return matches(text.substr(length), pattern.substr(1));
    }
    if (pattern[0] == '\\') pattern.remove_prefix(1);
    return text[0] == pattern[0] && matches(text.substr(1), pattern.substr(1));
  }

  static Truth of_column(std::string const& key, std::string_view word, Json const& value, Json const& row) {
    auto const& own = row.at(key);
    if (word == "==" && value.is_null()) return own.is_null();
    if (own.is_null()) return Truth();
    auto const equals = [&](Json const& other) {
      if (other.is_null()) return false;
      if (key == "ctime") return own == instant(other.get<std::string>());
      return own == other;
    };
    if (word == "==") return equals(value);
    if (word == "in") return std::ranges::any_of(value, equals);
    if (word == "like" || word == "ilike") {
      auto const text = own.is_number() ? std::to_string(own.get<std::int64_t>()) : own.get<std::string>();
      auto const pattern = value.get<std::string>();
      bool const folds = word == "ilike" && key != "uuid" && key != "ctime" && !own.is_number();
      return folds ? matches(folded(text), folded(pattern)) : matches(text, pattern);
    }
    if (own.is_number()) return compare(word, own.get<double>(), value.get<double>());
    auto const other = key == "ctime" ? instant(value.get<std::string>()) : value.get<std::string>();
    return compare(word, folded(own.get<std::string>()), folded(other));
  }

  /// What is at the path; nothing: nothing is.
  static std::optional<Json> at(std::string const& path, Json const& row) {
    auto end = std::min(path.find('.'), path.size());
    auto const column = path.substr(0, end);
    if (!row.at("has " + column).get<bool>()) return std::nullopt;
    auto value = row.at(column);
    while (end < path.size()) {
      auto const begin = end + 1;
      end = std::min(path.find('.', begin), path.size());
      auto const step = path.substr(begin, end - begin);
      bool const is_number = !step.empty() && step.find_first_not_of("0123456789", step[0] == '-' ? 1 : 0) == step.npos;
      if (value.is_object() && value.contains(step)) {
        value = Json(value.at(step));
      } else if (value.is_array() && is_number) {
        auto index = std::stoll(step);
        if (index < 0) index += static_cast<std::int64_t>(value.size());
        if (index < 0 || index >= static_cast<std::int64_t>(value.size())) return std::nullopt;
        value = Json(value.at(static_cast<std::size_t>(index)));
      } else {
        return std::nullopt;
      }
    }
    return value;
  }

  static bool contains(Json const& own, Json const& wanted) {
    if (!wanted.is_structured()) return own == wanted;
    if (own.type() != wanted.type()) return false;
    if (wanted.is_object())
      return std::ranges::all_of(wanted.items(), [&](auto const& item) {
        return own.contains(item.key()) && contains(own.at(item.key()), item.value());
      });
    return std::ranges::all_of(wanted, [&](Json const& element) {
      return std::ranges::any_of(own, [&](Json const& one) { return contains(one, element); });
    });
  }

  static std::string type_of(Json const& value) { return value.is_number() ? "number" : value.type_name(); }

  static Truth of_document(std::string const& key, std::string_view word, Json const& value, Json const& row) {
    auto const own = at(key, row);
    bool const is_null = !own || own->is_null();
    if ((word == "==" && value.is_null()) || (word == "of_type" && value == "null")) return is_null;
    if (word == "contains" || word == "has_key" || word == "of_type") {
      if (!own) return Truth();
      if (word == "of_type") return type_of(*own) == value.get<std::string>();
      if (word == "has_key") return own->is_object() && own->contains(value.get<std::string>());
      return contains(*own, value.is_structured() ? value : Json::array({value}));
    }
    if (!own) return false;
    auto const equals = [&](Json const& other) {
      return type_of(*own) == type_of(other) && *own == other && !other.is_null();
    };
    if (word == "==") return equals(value);
    if (word == "in") return std::ranges::any_of(value, equals);
    if (word == "of_length" || word == "longer" || word == "shorter") {
      if (!own->is_array()) return false;
      auto const length = static_cast<std::int64_t>(own->size()), wanted = value.get<std::int64_t>();
      return word == "of_length" ? length == wanted : word == "longer" ? length > wanted : length < wanted;
    }
    if (word == "like" || word == "ilike") {
      if (!own->is_string()) return false;
      auto const text = own->get<std::string>(), pattern = value.get<std::string>();
      return word == "ilike" ? matches(folded(text), folded(pattern)) : matches(text, pattern);
    }
    if (type_of(*own) != type_of(value)) return false;
    if (own->is_number()) return compare(word, own->get<double>(), value.get<double>());
    if (own->is_boolean()) return compare(word, own->get<bool>(), value.get<bool>());
    return compare(word, folded(own->get<std::string>()), folded(value.get<std::string>()));
  }

  std::map<std::string, std::vector<Json>> tables_;
};

}  // namespace restapi::test
