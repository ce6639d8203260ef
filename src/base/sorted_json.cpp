// SPDX-License-Identifier: MIT
#include "base/sorted_json.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/json_text.hpp"
#include "base/utf8.hpp"

namespace restapi {
namespace {

// Places in the text and in the tables: largest_answer is far below.
using Index = std::uint32_t;
constexpr Index none = std::numeric_limits<Index>::max();
static_assert(largest_answer < none / 2);

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/// Reads one value and writes it as it goes, in the order of the text, and notes which objects are out of order. Where
/// there are any, all is written once more: each byte twice at most, however deep it stands.
class Sorter {
 public:
  Sorter(std::string& out, std::string_view json, AnswerLimits& limits) : out_(out), rest_(json), limits_(limits) {}
  ~Sorter() { limits_.give_back(bytes_of(members_) + bytes_of(objects_) + bytes_of(keys_)); }
  Sorter(Sorter const&) = delete;
  Sorter& operator=(Sorter const&) = delete;

  bool run(std::function<bool(std::string_view)> const& wanted) {
    skip_space();
    bool const done = !rest_.empty() && rest_.front() == '{' ? object(0, wanted) : value(0);
    skip_space();
    if (!done || !rest_.empty()) return false;
    if (!objects_.empty()) put_in_order();
    return true;
  }

 private:
  struct Member {
    Index begin, end;  // in out_: "key":value
    Index key_length;  // without quotes
    Index next;        // of the same object; while it is open, the one before
  };
  struct Object {
    Index begin, end;  // in out_: {…}
    Index first;       // member; none: they are in order, but not all objects within it
    Index next;        // object that begins behind it
  };
  struct Key {
    std::uint64_t start;  // its first bytes: most comparisons need no look at the text
    Index member;
  };

  template <class Element>
  static std::size_t bytes_of(std::vector<Element> const& elements) {
    return elements.capacity() * sizeof(Element);
  }

  template <class Element>
  void push(std::vector<Element>& to, Element const& element) {
    if (to.size() == to.capacity()) {
      auto const before = bytes_of(to);
      auto const capacity = std::max<std::size_t>(16, 2 * to.capacity());
      limits_.take(capacity * sizeof(Element));
      to.reserve(capacity);
      limits_.give_back(before);
    }
    to.push_back(element);
  }

  Index position() const { return static_cast<Index>(out_.size()); }

  void skip_space() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\n' || rest_[0] == '\t' || rest_[0] == '\r'))
      rest_.remove_prefix(1);
  }

  bool take(char byte) {
    skip_space();
    if (rest_.empty() || rest_.front() != byte) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void copy(std::size_t length) {
    out_ += rest_.substr(0, length);
    rest_.remove_prefix(length);
    limits_.worked(length);
  }

  bool value(int depth) {
    skip_space();
    if (rest_.empty() || depth > max_json_depth) return false;
    switch (rest_.front()) {
      case '{':
        return object(depth, {});
      case '[':
        return array(depth);
      case '"':
        return string();
      case 't':
        return word("true");
      case 'f':
        return word("false");
      case 'n':
        return word("null");
      default:
        return number() || not_finite();
    }
  }

  bool word(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    copy(text.size());
    return true;
  }

  // Python's json writes such numbers and reads them again (https://docs.python.org/3/library/json.html).
  [[gnu::cold]] bool not_finite() {
    for (std::string_view const text : {"NaN", "Infinity", "-Infinity"}) {
      if (!rest_.starts_with(text)) continue;
      replace(text.size(), "null");
      return true;
    }
    return false;
  }

  // Writes something else than the next bytes. There is always room for all that is left: nobody else has to look.
  [[gnu::cold]] void replace(std::size_t length, std::string_view by) {
    rest_.remove_prefix(length);
    auto const needed = out_.size() + by.size() + rest_.size();
    if (auto const before = out_.capacity(); needed > before) {
      auto const capacity = std::max(needed, 2 * before);  // as much as reserve() allocates
      limits_.sized(out_.size());
      limits_.take(capacity);
      out_.reserve(capacity);
      limits_.give_back(before);
    }
    out_ += by;
    limits_.worked(by.size());
  }

  bool string() {
    for (std::size_t i = 1; (i += plain_json_run(rest_.substr(i))) < rest_.size();) {
      auto const byte = static_cast<unsigned char>(rest_[i]);
      if (byte == '"') {
        copy(i + 1);
        return true;
      }
      auto const length = byte == '\\'  ? escape(rest_.substr(i))
                          : byte < 0x20 ? 0
                                        : utf8::first_character(rest_.substr(i));
      i += length;
      if (length > 0) continue;
      if (byte < 0x80) return false;
      copy(i);
      replace(1, "\xEF\xBF\xBD");
      i = 0;
    }
    return false;
  }

  // The bytes of the escape at the start of the text, 0 where it is none.
  static std::size_t escape(std::string_view text) {
    if (text.size() < 2) return 0;
    if (text[1] != 'u') return std::string_view("\"\\/bfnrt").find(text[1]) == std::string_view::npos ? 0 : 2;
    auto const digits = text.substr(2, 4);
    bool const is_hex = digits.find_first_not_of("0123456789abcdefABCDEF") == std::string_view::npos;
    return digits.size() == 4 && is_hex ? 6 : 0;
  }

  bool number() {
    std::size_t i = 0;
    auto const digits = [&] {
      auto const begin = i;
      while (i < rest_.size() && is_digit(rest_[i])) ++i;
      return i > begin;
    };
    if (rest_.starts_with('-')) ++i;
    bool const begins_with_zero = i < rest_.size() && rest_[i] == '0';
    auto const first = i;
    if (!digits() || (begins_with_zero && i > first + 1)) return false;
    if (i < rest_.size() && rest_[i] == '.' && (++i, !digits())) return false;
    if (i < rest_.size() && (rest_[i] == 'e' || rest_[i] == 'E')) {
      ++i;
      if (i < rest_.size() && (rest_[i] == '+' || rest_[i] == '-')) ++i;
      if (!digits()) return false;
    }
    copy(i);
    return true;
  }

  bool array(int depth) {
    take('[');
    out_ += '[';
    if (!take(']')) {
      do {
        if (!value(depth + 1)) return false;
        out_ += ',';
      } while (take(','));
      if (!take(']')) return false;
      out_.pop_back();
    }
    out_ += ']';
    limits_.worked(2);
    return true;
  }

  bool object(int depth, std::function<bool(std::string_view)> const& wanted) {
    take('{');
    auto const slot = objects_.size();  // before those within it
    push(objects_, Object{position(), 0, none, 0});
    out_ += '{';
    auto const begin = out_.size();
    auto const members = members_.size();
    Index last = none;
    bool is_in_order = true;
    if (!take('}')) {
      do {
        if (!member(depth, wanted, last, is_in_order)) return false;
      } while (take(','));
      if (!take('}')) return false;
    }
    if (out_.size() > begin) out_.pop_back();  // the last comma
    out_ += '}';
    limits_.worked(2);
    if (is_in_order && objects_.size() == slot + 1) {  // nothing to remember
      objects_.pop_back();
      members_.resize(members);
      return true;
    }
    if (!is_in_order) objects_[slot].first = sorted(last);
    objects_[slot].end = position();
    objects_[slot].next = static_cast<Index>(objects_.size());
    return true;
  }

  bool member(int depth, std::function<bool(std::string_view)> const& wanted, Index& last, bool& is_in_order) {
    Member member{position(), 0, 0, last};
    skip_space();
    if (!rest_.starts_with('"') || !string()) return false;
    member.key_length = position() - member.begin - 2;
    bool const keep = !wanted || wanted(unescaped(std::string_view(out_).substr(member.begin)));
    out_ += ':';
    auto const members = members_.size(), objects = objects_.size();
    if (!take(':') || !value(depth + 1)) return false;
    if (!keep) {
      out_.resize(member.begin);
      members_.resize(members);
      objects_.resize(objects);
      return true;
    }
    member.end = position();
    out_ += ',';
    is_in_order = is_in_order && (last == none || key_of(members_[last]) <= key_of(member));
    last = static_cast<Index>(members_.size());
    push(members_, member);
    return true;
  }

  // Without quotes: '"' would sort a key before its own beginnings.
  std::string_view key_of(Member const& member) const {
    return std::string_view(out_).substr(member.begin + 1, member.key_length);
  }

  // The first bytes as a number that sorts as they do: in a key there is no zero byte that could be taken for its end.
  static std::uint64_t start_of(std::string_view key) {
    std::uint64_t start = 0;
    for (std::size_t i = 0; i < sizeof start; ++i)
      start = start << 8 | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0);
    return start;
  }

  // Sorts the members of an object, of which that is the last one; gives the first. Equal keys stay as they stood.
  Index sorted(Index last) {
    keys_.clear();
    for (auto i = last; i != none; i = members_[i].next) push(keys_, Key{start_of(key_of(members_[i])), i});
    // Sorting can only be left by a throw.
    std::sort(keys_.begin(), keys_.end(), [&](Key const& a, Key const& b) {
      limits_.worked(sizeof a.start);
      if (a.start != b.start) return a.start < b.start;
      auto const one = key_of(members_[a.member]), other = key_of(members_[b.member]);
      if (one.size() <= sizeof a.start && other.size() <= sizeof a.start) return a.member < b.member;
      limits_.worked(std::min(one.size(), other.size()));
      auto const order = one.compare(other);
      return order != 0 ? order < 0 : a.member < b.member;
    });
    auto next = none;
    for (auto key = keys_.rbegin(); key != keys_.rend(); ++key) {
      members_[key->member].next = next;
      next = key->member;
    }
    return next;
  }

  void put_in_order() {
    auto const room = out_.capacity();
    limits_.take(room);
    std::string ordered;
    ordered.reserve(room);
    append(ordered, 0, position(), 0);
    out_ = std::move(ordered);
    limits_.give_back(room);
  }

  // A piece of out_ with all objects in it in order; `object`: the first that begins in it.
  void append(std::string& to, Index begin, Index end, std::size_t object) const {
    while (object < objects_.size() && objects_[object].begin < end) {
      auto const& [its_begin, its_end, first, next] = objects_[object];
      ++object;
      if (first == none) continue;
      copy_piece(to, begin, its_begin + 1);
      for (auto i = first; i != none; i = members_[i].next) {
        if (i != first) to += ',';
        auto const within =
            std::lower_bound(objects_.begin() + static_cast<std::ptrdiff_t>(object), objects_.begin() + next,
                             members_[i].begin, [](Object const& o, Index at) { return o.begin < at; });
        append(to, members_[i].begin, members_[i].end, static_cast<std::size_t>(within - objects_.begin()));
      }
      begin = its_end - 1;
      object = next;
    }
    copy_piece(to, begin, end);
  }

  void copy_piece(std::string& to, Index begin, Index end) const {
    to.append(out_, begin, end - begin);
    limits_.worked(end - begin);
  }

  // A key in quotes, as the text it means. Escapes are rare, so the common key costs one copy.
  static std::string unescaped(std::string_view quoted) {
    if (quoted.find('\\') == quoted.npos) return std::string(quoted.substr(1, quoted.size() - 2));
    auto const key = nlohmann::json::parse(quoted, nullptr, false);
    return key.is_string() ? key.get<std::string>() : std::string(quoted);
  }

  std::string& out_;
  std::string_view rest_;
  AnswerLimits& limits_;
  std::vector<Member> members_ = {};
  std::vector<Object> objects_ = {};  // by begin; those that are open, and those that have to be put in order
  std::vector<Key> keys_ = {};        // kept for its memory
};

}  // namespace

bool append_sorted_json(std::string& out, std::string_view json, std::function<bool(std::string_view)> const& wanted,
                        AnswerLimits& limits) {
  limits.sized(json.size());
  return Sorter(out, json, limits).run(wanted);
}

}  // namespace restapi
