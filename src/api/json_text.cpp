#include "api/json_text.hpp"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <span>
#include <vector>

#include "base/utf8.hpp"

namespace restapi::api {
namespace {

/// How many bytes at the start of the text stand in a JSON string as they are and need no look at their neighbours.
std::size_t plain_run(std::string_view text) {
  static constexpr auto is_plain = [] {
    std::array<bool, 256> plain{};
    for (std::size_t byte = 0x20; byte < 0x80; ++byte) plain[byte] = byte != '"' && byte != '\\';
    return plain;
  }();
  std::size_t run = 0;
  while (run < text.size() && is_plain[static_cast<unsigned char>(text[run])]) ++run;
  return run;
}

bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }

/// Reads one value and writes it as it goes; the objects it meets are put in order when they close.
class Sorter {
 public:
  Sorter(std::string& out, std::string_view json) : out_(out), rest_(json) {}

  bool run(std::function<bool(std::string_view)> const& wanted) {
    skip_space();
    bool const done = !rest_.empty() && rest_.front() == '{' ? object(0, wanted) : value(0);
    skip_space();
    return done && rest_.empty();
  }

 private:
  struct Member {
    std::size_t begin, key_end, end;  // in out_: "key":value
  };

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
        return number();
    }
  }

  bool word(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    copy(text.size());
    return true;
  }

  bool string() {
    for (std::size_t i = 1; (i += plain_run(rest_.substr(i))) < rest_.size();) {
      auto const byte = static_cast<unsigned char>(rest_[i]);
      if (byte == '"') {
        copy(i + 1);
        return true;
      }
      auto const length = byte == '\\'  ? escape(rest_.substr(i))
                          : byte < 0x20 ? 0
                                        : utf8::first_character(rest_.substr(i));
      if (length == 0) return false;
      i += length;
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
    return true;
  }

  bool object(int depth, std::function<bool(std::string_view)> const& wanted) {
    take('{');
    out_ += '{';
    auto const begin = out_.size();
    auto const first = members_.size();
    if (!take('}')) {
      do {
        if (!member(depth, wanted)) return false;
      } while (take(','));
      if (!take('}')) return false;
    }
    sort(first, begin);
    members_.resize(first);
    if (out_.size() > begin) out_.pop_back();  // the last comma
    out_ += '}';
    return true;
  }

  bool member(int depth, std::function<bool(std::string_view)> const& wanted) {
    Member member{out_.size(), 0, 0};
    skip_space();
    if (!rest_.starts_with('"') || !string()) return false;
    member.key_end = out_.size();
    bool const keep = !wanted || wanted(unescaped(std::string_view(out_).substr(member.begin)));
    out_ += ':';
    if (!take(':') || !value(depth + 1)) return false;
    out_ += ',';
    member.end = out_.size();
    if (keep)
      members_.push_back(member);
    else
      out_.resize(member.begin);
    return true;
  }

  // The members from `first` on, which stand in out_ from `begin` on.
  void sort(std::size_t first, std::size_t begin) {
    // Compared without quotes: '"' would sort a key before its own beginnings.
    auto const key = [&](Member const& member) {
      return std::string_view(out_).substr(member.begin + 1, member.key_end - member.begin - 2);
    };
    auto const before = [&](Member const& a, Member const& b) {
      auto const order = key(a).compare(key(b));
      return order != 0 ? order < 0 : a.begin < b.begin;
    };
    auto const members = std::span(members_).subspan(first);
    if (std::is_sorted(members.begin(), members.end(), before)) return;
    std::sort(members.begin(), members.end(), before);
    sorted_.clear();
    for (auto const& member : members) sorted_.append(out_, member.begin, member.end - member.begin);
    out_.replace(begin, out_.npos, sorted_);
  }

  // A key in quotes, as the text it means. Escapes are rare, so the common key costs one copy.
  static std::string unescaped(std::string_view quoted) {
    if (quoted.find('\\') == quoted.npos) return std::string(quoted.substr(1, quoted.size() - 2));
    auto const key = nlohmann::json::parse(quoted, nullptr, false);
    return key.is_string() ? key.get<std::string>() : std::string(quoted);
  }

  std::string& out_;
  std::string_view rest_;
  std::vector<Member> members_ = {};  // of the objects that are open, the innermost last
  std::string sorted_ = {};           // kept for its memory
};

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  while (!text.empty()) {
    // The longest run that needs no attention is copied at once.
    auto const run = plain_run(text);
    out += text.substr(0, run);
    text.remove_prefix(run);
    if (text.empty()) break;
    auto const byte = text.front();
    if (auto const length = utf8::first_character(text); length > 1) {
      out += text.substr(0, length);
      text.remove_prefix(length);
      continue;
    }
    switch (byte) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\r':
        out += "\\r";
        break;
      case '\t':
        out += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(byte) < 0x20)
          out += {'\\', 'u', '0', '0', digits[byte >> 4], digits[byte & 0xF]};
        else
          out += "\xEF\xBF\xBD";
    }
    text.remove_prefix(1);
  }
  out += '"';
}

std::string message_json(std::string_view message) {
  std::string json = "{\"message\":";
  append_json_string(json, message);
  return json + '}';
}

bool append_sorted_json(std::string& out, std::string_view json, std::function<bool(std::string_view)> const& wanted) {
  return Sorter(out, json).run(wanted);
}

std::optional<std::string> indented(std::string_view json, std::size_t most) {
  std::string out;
  std::size_t depth = 0;
  auto const new_line = [&] {
    out += '\n';
    out.append(2 * depth, ' ');
  };
  for (std::size_t i = 0; i < json.size(); ++i) {
    if (out.size() > most) return std::nullopt;
    auto const byte = json[i];
    switch (byte) {
      case '"': {
        auto const begin = i;
        for (++i; json[i] != '"'; ++i)
          if (json[i] == '\\') ++i;
        out += json.substr(begin, i + 1 - begin);
        break;
      }
      case '{':
      case '[':
        out += byte;
        if (json[i + 1] == (byte == '{' ? '}' : ']')) {
          out += json[++i];
        } else {
          ++depth;
          new_line();
        }
        break;
      case '}':
      case ']':
        --depth;
        new_line();
        out += byte;
        break;
      case ',':
        out += byte;
        new_line();
        break;
      case ':':
        out += ": ";
        break;
      default:
        out += byte;
    }
  }
  return out + '\n';
}

}  // namespace restapi::api
