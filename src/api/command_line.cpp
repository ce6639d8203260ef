#include "api/command_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "api/option_help.hpp"
#include "query/suggest.hpp"

namespace restapi::api {
namespace {

using Words = std::vector<std::string>;

/// `-P` of `-P,--port`; empty where there is none.
std::string_view short_flag(Row const& row) {
  std::string_view const flags = row.flags;
  auto const comma = flags.find(',');
  return flags.starts_with('-') && comma != flags.npos ? flags.substr(0, comma) : std::string_view();
}

Row const* find_short(std::string_view flag) {
  auto const rows = option_rows();
  auto const found = std::find_if(rows.begin(), rows.end(), [&](auto const& row) { return short_flag(row) == flag; });
  return found == rows.end() ? nullptr : &*found;
}

/// A word that begins with a dash.
struct Flag {
  std::string name;                  ///< `--port`, `-P`
  std::optional<std::string> value;  ///< of `--port=80` and `-P80`
  Row const* row = nullptr;
};

Flag flag_of(std::string const& word) {
  if (!word.starts_with("--")) {
    Flag flag{word.substr(0, 2), std::nullopt, find_short(word.substr(0, 2))};
    if (word.size() > 2) flag.value = word.substr(2);
    return flag;
  }
  auto const equals = std::min(word.find('='), word.size());
  Flag flag{word.substr(0, equals), std::nullopt, find_option(word.substr(0, equals))};
  if (equals < word.size()) flag.value = word.substr(equals + 1);
  return flag;
}

Goodbye wrong(std::string reason) { return {2, std::move(reason)}; }

Goodbye unknown(std::string const& word) {
  auto const name = word.substr(0, word.find('='));
  std::vector<std::string> flags{"--help", "--version"};
  for (auto const& row : option_rows()) flags.push_back(long_flag(row));
  std::vector<std::string_view> const known(flags.begin(), flags.end());
  auto const nearest = query::suggest(name, known);
  bool const is_near = nearest.starts_with("did you mean");
  return wrong(fmt::format("there is no option {}{}", name, is_near ? "; " + nearest : ""));
}

/// Help and version, which end the reading.
std::optional<Goodbye> courtesy(Flag const& flag) {
  bool const is_help = flag.name == "-h" || flag.name == "--help";
  if (!is_help && flag.name != "--version") return std::nullopt;
  if (flag.value) return wrong(flag.name + ": has no value");
  return Goodbye{0, is_help ? option_help() : "restapi " RESTAPI_VERSION "\n"};
}

/// Why the word after a flag is not its value; empty where it is.
std::string reason_against(Words const& words, std::size_t next) {
  if (next == words.size()) return "a value must follow";
  auto const& word = words[next];
  if (word.empty()) return "must not be empty";
  if (word.starts_with('-') && word != "-")
    return fmt::format("a value must follow, not {}; one that begins with a dash is written after =",
                       word.substr(0, word.find('=')));
  return "";
}

}  // namespace

std::variant<Given, Goodbye> read_command_line(Words const& words) {
  Given given;
  auto const& source = *find_option("--source");
  bool are_options_over = false;
  for (std::size_t i = 0; i < words.size(); ++i) {
    auto const& word = words[i];
    if (word == "--" && !are_options_over) {
      are_options_over = true;
      continue;
    }
    if (are_options_over || !word.starts_with('-') || word == "-") {
      if (auto const reason = take(given, source, {word}); !reason.empty())
        return wrong(fmt::format("argument {}: {}", i + 1, reason));
      continue;
    }
    auto flag = flag_of(word);
    if (auto goodbye = courtesy(flag)) return *std::move(goodbye);
    if (flag.row == nullptr) return unknown(word);
    if (!flag.value && is_switch(*flag.row)) flag.value = "true";
    if (!flag.value) {
      if (auto const reason = reason_against(words, ++i); !reason.empty())
        return wrong(fmt::format("{}: {}", long_flag(*flag.row), reason));
      flag.value = words[i];
    }
    if (auto reason = take(given, *flag.row, {*flag.value}); !reason.empty()) return wrong(std::move(reason));
  }
  return given;
}

}  // namespace restapi::api
