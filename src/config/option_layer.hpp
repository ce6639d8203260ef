// SPDX-License-Identifier: MIT
/// The table of options, and what one layer (command line, file, section or environment) says of them. The rows are in
/// options.cpp, which applies the layers one over the other.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/option_checks.hpp"
#include "config/options.hpp"

namespace restapi::config {

/// An option that names databases. Several of a layer stand in this order.
enum class Names { sources, profiles, demo };

/// What an option sets. What belongs to ProfileOptions may stand in a profile's section of the file; elsewhere it holds
/// for all profiles. A list may be said in several values.
using Field =
    std::variant<bool Options::*, unsigned Options::*, std::uint16_t Options::*,
                 std::optional<std::uint16_t> Options::*, std::string Options::*, std::vector<std::string> Options::*,
                 std::vector<http::AddressRange> Options::*, bool ProfileOptions::*, std::string ProfileOptions::*,
                 std::vector<std::string> ProfileOptions::*, Names>;

struct Row {
  char const* flags;        ///< as the help has them: `-P,--port`
  char const* environment;  ///< none: command line only
  Field field;
  OptionCheck check;
  char const* value_name;  ///< empty for a switch
  char const* help;
  char const* default_words = "";  ///< for people, where the field's default does not say it
  bool may_be_none = false;        ///< a list that may be empty: `none`, or `[]` in the file
};

/// In the order of the help.
std::span<Row const> option_rows();

/// `--port` of `-P,--port`.
std::string long_flag(Row const& row);

/// The row of `--port`; nothing where there is none.
Row const* find_option(std::string_view long_flag);

/// `; did you mean "token-keys"?` for a name of no option; with dashes where `written` has them. Empty: nothing is
/// near.
std::string nearest_option(std::string_view written);
std::string nearest_section_option(std::string_view written);  ///< of those that may stand in a section

/// `5000`, or the row's words; empty where nothing is worth a word.
std::string default_of(Row const& row);

bool is_switch(Row const& row);
bool is_list(Row const& row);
bool is_text(Row const& row);  ///< or a list of texts
bool names_databases(Row const& row);
bool may_stand_in_section(Row const& row);

/// `source, cors-origin, …`: for people.
std::string options_of_sections();

/// What a layer says of one option.
struct Setting {
  Row const* row;
  std::vector<std::string> values;  ///< checked: one, or those of a list, which is empty for `none`
  std::string place;                ///< for messages: where it is said, `"restapi.toml", line 7`; empty: in a flag
};
using Layer = std::vector<Setting>;

/// Checks what is said of an option, and adds it to the layer. Call it once for each option that the layer has. Commas
/// separate the values of a list, but for databases. Gives the reason against it, `--port: must be …`, or an empty
/// text. An empty value is never taken, nor an empty one between commas.
std::string take(Layer& layer, Row const& row, std::vector<std::string> const& values, std::string place = {});

/// What the layer says of that option; null: nothing.
Setting const* find_setting(Layer const& layer, Field const& field);

/// Sets what the layer says, and leaves everything else as it is.
void apply(Layer const& layer, Options& options);
void apply(Layer const& layer, ProfileOptions& profile);  ///< all but its name and its database

/// All that may stand in a section but the database: who may read the profile.
bool have_same_access(ProfileOptions const& one, ProfileOptions const& other);
void copy_access(ProfileOptions const& from, ProfileOptions& to);

}  // namespace restapi::config
