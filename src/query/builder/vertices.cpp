// SPDX-License-Identifier: MIT
#include "query/builder/vertices.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "query/builder/joins.hpp"

namespace restapi::query::builder {
namespace {

using JsonKind = JsonValue::Kind;

constexpr std::string_view between_tags = "--";

/// The keys of a vertex; keywords of joins are keys as well.
constexpr std::array<std::string_view, 13> vertex_keys{
    "direction",     "edge_filters", "edge_project", "edge_tag", "entity_type", "filters", "joining_keyword",
    "joining_value", "orm_base",     "outerjoin",    "project",  "subclassing", "tag"};

/// How a vertex says that it joins another one.
struct Joining {
  std::string_view keyword;
  std::size_t to;
};

/// Reads one vertex.
class VertexReader {
 public:
  VertexReader(PathRead& path, JsonValue const& value, Place const& place, Reading const& reading)
      : path_(path), value_(value), place_(place), reading_(reading) {}

  Result<Done> read() {
    if (!value_.is(JsonKind::object)) return wrong_kind(place_, "an object with entity_type and tag", value_);
    for (auto const& key : value_.keys)
      if (auto done = check_key(key); !done) return done;
    auto const tag = read_tag();
    if (!tag) return tag.error();
    auto const with_subclasses = read_boolean("subclassing", true);
    if (!with_subclasses) return with_subclasses.error();
    auto const is_outer = read_boolean("outerjoin", false);
    if (!is_outer) return is_outer.error();
    auto const* const written = find("entity_type");
    if (written == nullptr) return error_at(place_, Code::unknown_key, "has no entity_type", "\"\" is any node");
    auto type = read_entity_type(*written, *with_subclasses, reading_, Place(place_, "entity_type"));
    if (!type) return std::move(type).error();
    Vertex vertex{{*tag, type->kind}};
    auto const number = path_.vertices.size();
    if (auto done =
            add_tag({*tag, number, false, type->kind, *type, written_at("filters"), written_at("project")}, "tag");
        !done)
      return done;
    auto const joining = read_joining(type->kind);
    if (!joining) return joining.error();
    if (*joining) {
      auto joined = join(type->kind, **joining, *tag);
      if (!joined) return std::move(joined).error();
      vertex.joined = *std::move(joined);
      vertex.joined->is_outer = *is_outer;
    }
    path_.vertices.push_back(std::move(vertex));
    return Done{};
  }

 private:
  /// Nothing where there is no such key, or null is at it.
  JsonValue const* find(std::string_view key) const {
    auto const* const found = value_.find(key);
    return found == nullptr || found->is(JsonKind::null) ? nullptr : found;
  }

  Written written_at(std::string_view key) {
    auto const* const found = find(key);
    if (found == nullptr) return {};
    return {found, &path_.places.emplace_back(place_, key)};
  }

  Result<Done> check_key(std::string const& key) const {
    if (is_keyword(key) || std::ranges::find(vertex_keys, key) != vertex_keys.end()) return Done{};
    std::vector<std::string_view> known(vertex_keys.begin(), vertex_keys.end());
    for (auto const& row : joins())
      if (std::ranges::find(known, row.keyword) == known.end()) known.push_back(row.keyword);
    return error_at(Place(place_, key), Code::unknown_key, "is no key of a vertex", known_names(key, "keys", known));
  }

  Result<std::string> read_text(std::string_view key) const {
    auto const& written = *find(key);
    if (!written.is(JsonKind::text)) return wrong_kind(Place(place_, key), "a text", written);
    return written.text;
  }

  Result<bool> read_boolean(std::string_view key, bool otherwise) const {
    auto const* const written = find(key);
    if (written == nullptr) return otherwise;
    if (!written->is(JsonKind::boolean)) return wrong_kind(Place(place_, key), "true or false", *written);
    return written->boolean;
  }

  Result<std::string> read_tag() const {
    if (find("tag") == nullptr) return error_at(place_, Code::unknown_key, "has no tag", "a name of its own");
    auto tag = read_text("tag");
    if (!tag) return tag;
    if (tag->empty() || tag->find(between_tags) != std::string::npos)
      return error_at(Place(place_, "tag"), Code::wrong_type, "takes a name without --, which joins the tags of edges");
    return tag;
  }

  Result<Done> add_tag(Tag tag, std::string_view key) {
    if (std::ranges::find(path_.tags, tag.name, &Tag::name) != path_.tags.end())
      return error_at(Place(place_, key), Code::repeated_key, "the tag " + quoted(tag.name) + " is there already",
                      "each vertex and each edge has its own");
    path_.tags.push_back(std::move(tag));
    return Done{};
  }

  /// Nothing: of the first vertex.
  Result<std::optional<Joining>> read_joining(Kind self) {
    std::vector<std::string_view> ways;
    for (std::string_view const key : {"joining_keyword", "direction"})
      if (find(key) != nullptr) ways.push_back(key);
    for (auto const& key : value_.keys)
      if (is_keyword(key)) ways.push_back(key);
    auto const number = path_.vertices.size();
    if (ways.size() > 1)
      return error_at(Place(place_, ways[1]), Code::incompatible_keys,
                      "the vertex is joined by " + std::string(ways[0]) + " already", "one of the two");
    if (number == 0) {
      if (ways.empty()) return std::optional<Joining>();
      return error_at(Place(place_, ways.front()), Code::incompatible_keys,
                      "the first vertex of a path has none before it to join");
    }
    if (ways.empty()) return std::optional(Joining{default_keyword(self), number - 1});
    if (ways.front() == "direction") return by_direction(number);
    bool const is_keyword_apart = ways.front() == "joining_keyword";
    std::string_view const key = is_keyword_apart ? "joining_value" : ways.front();
    if (find(key) == nullptr) {
      if (is_keyword_apart)
        return error_at(place_, Code::incompatible_keys, "has a joining_keyword without joining_value",
                        "the tag of an earlier vertex");
      return wrong_kind(Place(place_, key), "the tag of an earlier vertex", *value_.find(key));
    }
    auto const to = find_vertex(key);
    if (!to) return to.error();
    if (!is_keyword_apart) return std::optional(Joining{ways.front(), *to});
    auto const& keyword = *find("joining_keyword");
    if (!keyword.is(JsonKind::text)) return wrong_kind(Place(place_, "joining_keyword"), "a text", keyword);
    return std::optional(Joining{keyword.text, *to});
  }

  Result<std::optional<Joining>> by_direction(std::size_t number) const {
    Place const at(place_, "direction");
    auto const& written = *find("direction");
    auto const steps = written.is(JsonKind::number) ? as_integer(JsonKind::number, written.text) : std::nullopt;
    if (!steps) return wrong_kind(at, "an integer", written, "1: outputs of the vertex before; -1: its inputs");
    auto const most = static_cast<std::int64_t>(number);
    if (*steps == 0 || *steps > most || *steps < -most)
      return error_at(at, Code::out_of_range, "no vertex is so far before this one",
                      "from 1 to " + std::to_string(most) + " for outputs, negative for inputs");
    auto const back = static_cast<std::size_t>(*steps < 0 ? -*steps : *steps);
    return std::optional(Joining{*steps > 0 ? "with_incoming" : "with_outgoing", number - back});
  }

  Result<std::size_t> find_vertex(std::string_view key) {
    Place const at(place_, key);
    auto const name = read_text(key);
    if (!name) return name.error();
    std::vector<std::string_view> known;
    for (auto const& tag : path_.tags) {
      if (tag.is_edge || tag.vertex == path_.vertices.size()) continue;
      if (tag.name == *name) return tag.vertex;
      known.emplace_back(tag.name);
    }
    return error_at(at, Code::unknown_key, quoted(*name) + " is the tag of no earlier vertex",
                    known_names(*name, "tags of earlier vertices", known));
  }

  Error wrong_keyword(Kind self, std::string_view keyword, Kind other) const {
    bool const is_apart = find("joining_keyword") != nullptr;
    Place const key(place_, is_apart ? "joining_keyword" : keyword);
    bool const is_written = is_apart || value_.find(keyword) != nullptr;
    std::vector<std::string_view> known;
    for (auto const& row : joins())
      if (row.self == self && row.other == other) known.push_back(row.keyword);
    auto const what = std::string(row_of(self).spoken) + " does not join " + std::string(row_of(other).spoken) +
                      " by " + quoted(keyword);
    if (known.empty()) {
      for (auto const& row : joins())
        if (row.self == self) known.push_back(row.keyword);
      return error_at(is_written ? key : place_, Code::operator_not_accepted, what,
                      known_names("", "keywords of " + std::string(row_of(self).spoken) + ", for others", known));
    }
    return error_at(is_written ? key : place_, Code::operator_not_accepted, what,
                    known_names(keyword, "keywords between the two", known));
  }

  Result<Joined> join(Kind self, Joining const& joining, std::string const& tag) {
    auto const& other = path_.vertices[joining.to].part;
    auto const* const row = find_join(self, joining.keyword, other.kind);
    if (row == nullptr) return wrong_keyword(self, joining.keyword, other.kind);
    if (row->edge && !is_there(*row->edge, reading_.catalog))
      return error_at(place_, Code::unknown_key, "this database does not keep what lies between the two");
    auto edge_tag = other.tag + std::string(between_tags) + tag;
    if (find("edge_tag") != nullptr) {
      auto written = read_text("edge_tag");
      if (!written) return std::move(written).error();
      edge_tag = *std::move(written);
    }
    Joined joined{row, joining.to};
    if (row->edge) joined.edge = Part{edge_tag, *row->edge};
    Tag edge{
        edge_tag, path_.vertices.size(), true, row->edge, {}, written_at("edge_filters"), written_at("edge_project")};
    if (auto done = add_tag(std::move(edge), "edge_tag"); !done) return done.error();
    return joined;
  }

  PathRead& path_;
  JsonValue const& value_;
  Place const& place_;
  Reading const& reading_;
};

}  // namespace

Result<Tag*> PathRead::find(std::string_view name, Place const& place) {
  auto const found = std::ranges::find(tags, name, &Tag::name);
  if (found != tags.end()) return &*found;
  std::vector<std::string_view> known;
  for (auto const& tag : tags) known.emplace_back(tag.name);
  return error_at(place, Code::unknown_key, "there is no tag " + quoted(name), known_names(name, "tags", known));
}

Result<PathRead> read_path(JsonValue const& path, Reading const& reading, Place const& place) {
  if (!path.is(JsonKind::list)) return wrong_kind(place, "a list of vertices", path);
  if (path.items.empty()) return error_at(place, Code::out_of_range, "has no vertex", "at least one");
  if (path.items.size() > max_vertices)
    return error_at(place, Code::out_of_range, "has too many vertices", "at most " + std::to_string(max_vertices));
  PathRead read;
  auto const& in = read.places.emplace_back(place);
  for (std::size_t i = 0; i < path.items.size(); ++i) {
    auto const& at = read.places.emplace_back(in, i);
    if (auto done = VertexReader(read, path.items[i], at, reading).read(); !done) return done.error();
  }
  return read;
}

}  // namespace restapi::query::builder
