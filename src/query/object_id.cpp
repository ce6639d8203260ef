#include "query/object_id.hpp"

#include <charconv>

#include "query/fold.hpp"

namespace restapi::query {
namespace {

constexpr std::string_view least_uuid = "00000000-0000-0000-0000-000000000000";
constexpr std::string_view greatest_uuid = "ffffffff-ffff-ffff-ffff-ffffffffffff";

// Lower case is required: the text has been folded.
bool is_uuid_start(std::string_view text) {
  if (text.empty() || text.size() > least_uuid.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool const is_digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
    if (least_uuid[i] == '-' ? text[i] != '-' : !is_digit) return false;
  }
  return true;
}

}  // namespace

Error no_such_object(std::string_view text, model::Resource const& resource) {
  return {Code::no_such_object, "either no object's id starts with '" + std::string(text.substr(0, 64)) +
                                    "' or the corresponding object is not of type " + std::string(resource.class_name)};
}

bool is_canonical_uuid(std::string_view text) { return text.size() == least_uuid.size() && is_uuid_start(text); }

Result<ObjectId> read_object_id(std::string_view text, model::Resource const& resource) {
  ObjectId id{std::string(text), 0, {}, {}};
  if (resource.identity == model::Identity::pk) {
    auto const* const end = text.data() + text.size();
    auto const read = std::from_chars(text.data(), end, id.pk);
    if (read.ec != std::errc{} || read.ptr != end) return no_such_object(text, resource);
    return id;
  }
  auto const start = fold(text);
  if (!is_uuid_start(start)) return no_such_object(text, resource);
  id.first_uuid = start + std::string(least_uuid.substr(start.size()));
  id.last_uuid = start + std::string(greatest_uuid.substr(start.size()));
  return id;
}

}  // namespace restapi::query
