// SPDX-License-Identifier: MIT
#include "api/graph/prov.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>

#include "api/graph/parts.hpp"
#include "sql/graph.hpp"

namespace restapi::api {
namespace {

using nlohmann::json;

/// What PROV-DM calls a link of a type, and the nodes at its ends.
struct Record {
  std::string_view type;  // of the link
  std::string_view name;
  std::string_view input, output;
};

constexpr Record records[] = {
    {"input_calc", "used", "prov:entity", "prov:activity"},
    {"input_work", "used", "prov:entity", "prov:activity"},
    {"inputlink", "used", "prov:entity", "prov:activity"},
    {"create", "wasGeneratedBy", "prov:activity", "prov:entity"},
    {"createlink", "wasGeneratedBy", "prov:activity", "prov:entity"},
    {"call_calc", "wasInformedBy", "prov:informant", "prov:informed"},
    {"call_work", "wasInformedBy", "prov:informant", "prov:informed"},
    {"calllink", "wasInformedBy", "prov:informant", "prov:informed"},
};
// A workflow has not made what it returns.
constexpr Record any_other{"", "wasInfluencedBy", "prov:influencer", "prov:influencee"};

Record const& record_of(std::string_view type) {
  auto const found = std::ranges::find(records, type, &Record::type);
  return found == std::end(records) ? any_other : *found;
}

bool is_activity(std::string_view type) { return type.starts_with("process.") || type.starts_with("calculation."); }

json qualified(std::string name) { return {{"$", std::move(name)}, {"type", "prov:QUALIFIED_NAME"}}; }

/// A store's text, "2016-04-29 19:24:12.123456+00" in UTC, as xsd:dateTime. Nothing: it is none.
std::optional<std::string> date_time(std::string_view stored) {
  constexpr std::size_t date = 10;
  if (stored.size() <= date || stored.front() < '0' || stored.front() > '9') return std::nullopt;
  auto time = stored.substr(date + 1);
  time = time.substr(0, time.find_first_of("+Z-"));
  if (auto const point = time.find('.'); point != time.npos) {  // as short as it goes, whatever the database keeps
    time = time.substr(0, time.find_last_not_of('0') + 1);
    if (time.ends_with('.')) time.remove_suffix(1);
  }
  return std::string(stored.substr(0, date)) + "T" + std::string(time) + "Z";
}

class ProvDocument {
 public:
  ProvDocument(Graph const& graph, AnswerLimits& limits) : graph_(graph), limits_(limits) {}

  std::string text(std::string const& users_url) {
    all_["prefix"] = {{"node", "urn:uuid:"}, {"user", users_url}, {"aiida", "urn:aiida:"}};
    auto const parts = parts_of(graph_);
    for (auto const& node : parts.nodes) add(node);
    for (auto const& link : parts.links) add(link);
    auto text = all_.dump(-1, ' ', false, json::error_handler_t::replace);
    limits_.sized(text.size());
    return text;
  }

 private:
  std::string field(GraphParts::Node const& node, std::size_t name) const {
    return std::string(graph_.rows.at(node.row, sql::GraphColumn::first_field + name).value_or(""));
  }

  void relate(std::string_view record, std::string const& name, json value) {
    all_[std::string(record)]["_:" + name] = std::move(value);
  }

  void add(GraphParts::Node const& node) {
    auto const name = "node:" + field(node, prov_uuid), type = field(node, prov_type), label = field(node, prov_label);
    limits_.worked(name.size() + type.size() + label.size());
    names_[node.pk] = name;
    json about{{"prov:type", qualified("aiida:" + type)}, {"aiida:pk", node.pk}};
    if (!label.empty()) about["prov:label"] = label;
    bool const acts = is_activity(type);
    if (auto const time = date_time(field(node, prov_ctime))) {
      if (acts)
        about["prov:startTime"] = *time;
      else
        about["aiida:ctime"] = {{"$", *time}, {"type", "xsd:dateTime"}};
    }
    all_[acts ? "activity" : "entity"][name] = std::move(about);
    auto const id = field(node, prov_user_id);
    if (id.empty()) return;
    auto const agent = "user:" + id;
    auto const first = field(node, prov_first_name), last = field(node, prov_last_name);
    all_["agent"][agent] = {{"prov:type", qualified("prov:Person")},
                            {"prov:label", first + (first.empty() || last.empty() ? "" : " ") + last}};
    auto const pk = std::to_string(node.pk);
    if (acts)
      relate("wasAssociatedWith", "association" + pk, {{"prov:activity", name}, {"prov:agent", agent}});
    else
      relate("wasAttributedTo", "attribution" + pk, {{"prov:entity", name}, {"prov:agent", agent}});
  }

  void add(GraphParts::Link const& link) {
    limits_.worked(link.label.size() + link.type.size() + 1);
    auto const input = names_.find(link.input), output = names_.find(link.output);
    if (input == names_.end() || output == names_.end()) return;
    auto const& record = record_of(link.type);
    json about{{std::string(record.input), input->second},
               {std::string(record.output), output->second},
               {"aiida:link_type", link.type}};
    if (!link.label.empty()) about["aiida:link_label"] = link.label;
    relate(record.name, "link" + std::to_string(link.id), std::move(about));
  }

  Graph const& graph_;
  AnswerLimits& limits_;
  json all_;
  std::map<std::int64_t, std::string> names_;
};

}  // namespace

std::string prov_of(Graph const& graph, std::string const& users_url, AnswerLimits& limits) {
  return ProvDocument(graph, limits).text(users_url);
}

}  // namespace restapi::api
