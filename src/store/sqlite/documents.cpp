// SPDX-License-Identifier: MIT
#include "store/sqlite/documents.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/json_text.hpp"
#include "base/small_text.hpp"
#include "base/sorted_json.hpp"
#include "query/json_number.hpp"

namespace restapi::store {
namespace {

// Its numbers are only read as texts here, but the parser refuses what is beyond their range: 1e399, with double.
using Json = nlohmann::basic_json<std::map, std::vector, std::string, bool, std::int64_t, std::uint64_t, long double>;

/// Follows the path while the parser goes through the text.
class Walk final : public nlohmann::json_sax<Json> {
 public:
  Walk(DocumentSearch const& search, FoundInDocument& found) : search_(search), found_(found) {}

  bool is_stopped() const { return is_stopped_; }

  bool null() override { return scalar({"null"}) && copy("null"); }
  bool boolean(bool value) override {
    auto const* const text = value ? "true" : "false";
    return scalar({"boolean", text}) && copy(text);
  }
  bool number_integer(number_integer_t value) override { return number(std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override { return number(std::to_string(value)); }
  bool number_float(number_float_t, string_t const& written) override { return number(written); }
  bool string(string_t& value) override {
    auto const written = search_.wants_json && may_be_copied() ? json_string(value) : std::string();
    return (is_read() ? scalar({"string", std::move(value)}) : scalar({"string"})) && copy(written);
  }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open({"object"}, false) && copy("{"); }
  bool start_array(std::size_t) override { return open({"array"}, true) && copy("["); }
  bool end_object() override { return close('}'); }
  bool end_array() override { return close(']'); }
  bool parse_error(std::size_t, std::string const&, nlohmann::detail::exception const&) override { return false; }

  bool key(string_t& name) override {
    auto& frame = frames_.back();
    auto const depth = frames_.size();
    frame.leads_on = depth == on_path_ && depth <= steps().size() && steps()[depth - 1].key == name;
    if (is_child_of_target()) {
      ++found_.length;
      if (search_.is_wanted_key && search_.is_wanted_key(name)) found_.has_key = true;
    }
    if (search_.wants_json && is_target_open_) copy(json_string(name) + ':');
    return true;
  }

 private:
  struct Frame {
    bool is_array;
    std::size_t next = 0;   // of an array
    bool leads_on = false;  // the child that comes is on the path
  };

  std::vector<DocumentPath::Step> const& steps() const { return search_.path.steps(); }
  /// The container that is open is the value at the path.
  bool is_child_of_target() const { return is_target_open_ && frames_.size() == steps().size() + 1; }
  bool is_read() const { return is_child_of_target() || frames_.size() == steps().size(); }

  /// Whether the value that begins is on the path.
  bool begins_on_path() {
    if (frames_.empty()) return true;
    auto& frame = frames_.back();
    auto const depth = frames_.size();
    if (frame.is_array) {
      auto const index = frame.next++;
      frame.leads_on = depth == on_path_ && depth <= steps().size() && steps()[depth - 1].index == index;
      if (is_child_of_target()) ++found_.length;
    }
    return frame.leads_on;
  }

  bool goes_on() {
    constexpr unsigned between_questions = 4096;
    if (++events_ % between_questions != 0 || !search_.is_enough || !search_.is_enough()) return true;
    is_stopped_ = true;
    return false;
  }

  bool number(std::string const& written) {
    if (!is_read()) return scalar({"number"}) && copy(written);
    auto const number = query::read_json_number(written);
    return scalar({"number", number ? query::sort_key(*number) : written}) && copy(written);
  }

  bool scalar(DocumentValue value) {
    bool const is_element = is_child_of_target() && frames_.back().is_array;
    bool const is_on_path = begins_on_path();
    if (is_element && search_.number_of)
      if (auto const number = search_.number_of(value)) found_.elements.insert(*number);
    is_target_ = is_on_path && frames_.size() == steps().size();
    if (is_on_path) {
      found_ = {};
      if (is_target_) found_.value = std::move(value);
    }
    return goes_on();
  }

  bool open(DocumentValue value, bool is_array) {
    is_target_ = false;
    if (begins_on_path()) {
      found_ = {};
      on_path_ = frames_.size() + 1;
      if (frames_.size() == steps().size()) {
        found_.value = std::move(value);
        is_target_open_ = true;
      }
    }
    frames_.push_back({is_array});
    return goes_on();
  }

  bool close(char bracket) {
    if (search_.wants_json && is_target_open_) found_.json += bracket;
    frames_.pop_back();
    if (frames_.size() == steps().size()) is_target_open_ = false;
    on_path_ = std::min(on_path_, frames_.size());
    return true;
  }

  /// Whether the value that begins may be the one at the path, or be in it.
  bool may_be_copied() const { return is_target_open_ || frames_.size() == steps().size(); }

  static std::string json_string(std::string_view text) {
    std::string json;
    append_json_string(json, text);
    return json;
  }

  /// What has just been read, where it is the value at the path, or in it.
  bool copy(std::string_view written) {
    if (!search_.wants_json || !(is_target_ || is_target_open_)) return true;
    auto& json = found_.json;
    if (!json.empty() && std::string_view("[{:").find(json.back()) == std::string_view::npos) json += ',';
    json += written;
    return true;
  }

  DocumentSearch const& search_;
  FoundInDocument& found_;
  std::vector<Frame> frames_;
  std::size_t on_path_ = 0;  // so many of the open containers are
  bool is_target_ = false, is_target_open_ = false, is_stopped_ = false;
  unsigned events_ = 0;
};

/// Whether \uXXXX begins here, and which half of a surrogate pair it is.
enum class Half { none, first, second };

Half half_at(std::string_view json, std::size_t place) {
  constexpr std::size_t length = 6;
  auto const escape = json.substr(std::min(place, json.size()), length);
  if (escape.size() < length || !escape.starts_with("\\u") || (escape[2] != 'd' && escape[2] != 'D')) return Half::none;
  constexpr std::string_view firsts = "89abAB", seconds = "cdefCDEF";
  if (firsts.find(escape[3]) != firsts.npos) return Half::first;
  return seconds.find(escape[3]) != seconds.npos ? Half::second : Half::none;
}

/// Halves of pairs that stand alone, as Python writes names of files that are no UTF-8, become U+FFFD: the parser
/// refuses the whole text for one.
void mend_pairs(std::string& json) {
  constexpr std::size_t length = 6;
  for (auto i = json.find('\\'); i != json.npos; i = json.find('\\', i)) {
    auto const half = half_at(json, i);
    if (half == Half::first && half_at(json, i + length) == Half::second) {
      i += 2 * length;
    } else if (half != Half::none) {
      json.replace(i, length, "\\ufffd");
      i += length;
    } else {
      i += 2;  // what is escaped may be a backslash
    }
  }
}

}  // namespace

void DocumentPath::add(Step step) {
  is_fixed_ = is_fixed_ && !step.from_end;
  steps_.push_back(std::move(step));
}

DocumentPath DocumentPath::before(std::size_t step) const {
  DocumentPath path;
  for (std::size_t i = 0; i < step; ++i) path.add(steps_[i]);
  return path;
}

DocumentPath DocumentPath::with_length(std::size_t step, std::size_t length) const {
  DocumentPath path;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    auto fixed = steps_[i];
    if (i == step) {
      if (*fixed.from_end <= length) fixed.index = length - *fixed.from_end;
      fixed.from_end.reset();
    }
    path.add(std::move(fixed));
  }
  return path;
}

namespace {

/// "-1", "007". One beyond all numbers is the index of nothing.
DocumentPath::Step counted(std::string text) {
  bool const is_from_end = text.starts_with('-');
  auto const digits = std::string_view(text).substr(is_from_end ? 1 : 0);
  auto const number = number_in<std::size_t>(digits);
  DocumentPath::Step step{std::move(text)};
  if (!number) return step;
  if (is_from_end && *number > 0)
    step.from_end = number;
  else
    step.index = number;
  return step;
}

}  // namespace

std::optional<DocumentPath> DocumentPath::read(std::string_view json) {
  auto const steps = Json::parse(json, nullptr, false);
  if (!steps.is_array()) return std::nullopt;
  DocumentPath path;
  for (auto const& step : steps) {
    if (step.is_string())
      path.add({step.get<std::string>()});
    else if (step.is_number_unsigned())
      path.add({std::to_string(step.get<std::uint64_t>()), step.get<std::size_t>()});
    else if (step.is_array() && step.size() == 1 && step.front().is_string())
      path.add(counted(step.front().get<std::string>()));
    else
      return std::nullopt;
  }
  return path;
}

// How long an array is can be told only behind its end, so what counts from there takes one reading more.
bool DocumentSearch::run_fixed(std::string_view json, FoundInDocument& found) const {
  auto const& steps = path.steps();
  auto const first = static_cast<std::size_t>(
      std::ranges::find_if(steps, [](auto const& step) { return step.from_end.has_value(); }) - steps.begin());
  auto const before = path.before(first);
  if (!DocumentSearch{before, {}, {}, is_enough}.run(json, found)) return false;
  auto const length = found.value && found.value->type == "array" ? found.length : 0;
  auto const fixed = path.with_length(first, length);
  return DocumentSearch{fixed, is_wanted_key, number_of, is_enough, wants_json}.run(json, found);
}

bool DocumentSearch::run(std::string_view json, FoundInDocument& found) const {
  if (!path.is_fixed()) return run_fixed(json, found);
  found = {};
  Walk walk(*this, found);
  if (Json::sax_parse(json, &walk)) return true;
  found = {};
  if (walk.is_stopped()) return false;
  auto whole = mended(json);
  if (!whole) return true;
  mend_pairs(*whole);
  Walk again(*this, found);
  if (!Json::sax_parse(*whole, &again)) found = {};
  return !again.is_stopped();
}

std::optional<WantedValues> WantedValues::read(std::string_view json) {
  auto const list = Json::parse(json, nullptr, false);
  if (!list.is_array()) return std::nullopt;
  WantedValues wanted;
  for (auto const& value : list) {
    if (!value.is_string()) return std::nullopt;
    wanted.values_.try_emplace(value.get<std::string>(), wanted.values_.size());
  }
  return wanted;
}

std::optional<std::size_t> WantedValues::number_of(DocumentValue const& value) const {
  auto const found = values_.find(std::string(value.type) + ' ' + value.text);
  return found == values_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<std::string> mended(std::string_view json) try {
  constexpr std::size_t longest = std::size_t{16} << 20, memory = std::size_t{64} << 20;
  if (json.empty() || json.size() > longest) return std::nullopt;
  AnswerLimits limits(std::make_shared<MemoryBudget>(memory), std::chrono::hours(1), {});
  std::string mended;
  if (!append_sorted_json(mended, json, {}, limits)) return std::nullopt;
  return mended;
} catch (Interrupted const&) {  // too many members
  return std::nullopt;
}

}  // namespace restapi::store
