// SPDX-License-Identifier: MIT
/// The command line, a configuration file and the environment, read into one Options value.
///
/// A flag beats the file named by --config, the file beats the environment (RESTAPI_…), and that beats the default.
/// Within the file a section `[NAME]`, which is about one profile, beats the lines above the sections. The strongest of
/// the three layers that names any database names all of them. An empty value is an error in each of them. One table in
/// options.cpp has a row for each option: its flags, its variable, the field that it sets, its words.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/error.hpp"
#include "http/address_range.hpp"
#include "source/source.hpp"

namespace restapi::config {

/// One database (or a folder of them), and who may read it.
struct ProfileOptions {
  std::string name = {};           ///< in addresses: /NAME/api/v2; empty: the source's own
  source::SourceSpec wanted = {};  ///< which database
  bool gives_way = false;          ///< it is not served where another has its name
  /// Where it was named, for messages: `"restapi.toml", line 7, section [b]`; empty: on the command line, or nowhere.
  std::string place = {};
  std::vector<std::string> cors_origins = {};  ///< "*", or origins whose web pages may read the answers; or none
  bool private_filters = false;                ///< filters on email and is_active are answered
  std::string token_keys = {};                 ///< file of the keys that sign tokens; empty: no token is needed
  std::string token_issuer = {};               ///< who must have issued a token; empty: anybody
  std::string token_audience = {};             ///< whom a token must be for; empty: anybody
};

/// The error, with the place where the profile was named in front.
Error placed(ProfileOptions const& profile, Error error);

/// Twice the processors, at least 4.
unsigned default_threads();

/// What is wrong with what somebody has set: a sentence for each, with the option, the variable, or the file and the
/// line. Never a password.
using Mistakes = std::vector<std::string>;

/// Its defaults are those of the program: the help prints them from here.
struct Options {
  /// At least one; the first is also served without its name. Sources first, then --profile, then the demo, each in the
  /// order of the command line; of the file, sections last. Names that are said are good ones
  /// (config/profile_name.hpp), but perhaps the same: config/served_profiles.hpp finds that out. Who may read is said
  /// here as it holds without sections.
  std::vector<ProfileOptions> profiles = std::vector<ProfileOptions>(1);
  /// What the file says in sections: which database each is about, and who may read that. Whether it is served is
  /// another question; config/served_profiles.hpp brings the two together.
  std::vector<ProfileOptions> sections = {};
  bool no_posting = false;               ///< queries in JSON are not answered
  bool no_pages = false;                 ///< browsers get JSON
  bool check = false;                    ///< serve nothing, but find out whether all could be served
  std::string print_feed_setup = {};     ///< serve nothing, but print the script for "postgresql" or "sqlite"
  std::string print_feed_removal = {};   ///< likewise
  bool ready = false;                    ///< serve nothing, but ask the server with these options whether it is ready
  std::string config = {};               ///< the file that was read; empty: none
  std::string config_name = {};          ///< what messages call it; empty: as it is called
  unsigned close_after = 300;            ///< seconds after which a profile that nobody asks is closed; 0: never
  unsigned max_open = 64;                ///< profiles open at once; for one more another is closed
  std::string hostname = "127.0.0.1";    ///< address or name to listen on
  std::uint16_t port = 5000;             ///< 0: any free one
  unsigned threads = default_threads();  ///< workers, each with a connection, ≥ 2
  std::string log_level = "info";        ///< trace, debug, info, warn, error, critical, off (spdlog's names)
  unsigned wait = 0;                     ///< seconds to wait at the start for a database that is away
  unsigned connection_timeout = 5;       ///< seconds a request may wait for a connection to the database
  unsigned statement_timeout = 30;       ///< seconds a statement may take in the database
  unsigned cache = 64u << 20;            ///< bytes for answers that are cached; 0: none
  std::string total_age = "5";           ///< seconds that the total of a list may be old, or "exact"
  std::vector<std::string> server_names = {};  ///< that Host may have (http/server_names.hpp)
  /// Peers whose X-Forwarded-… headers count.
  std::vector<http::AddressRange> trusted_proxies = {*http::AddressRange::parse("127.0.0.0/8"),
                                                     *http::AddressRange::parse("::1")};
  unsigned max_requests = 1024;                     ///< that need the database at once; more are refused with 503
  unsigned max_connections = 0;                     ///< 0: what the limit on open files allows
  unsigned drain = 10;                              ///< seconds for what is in flight when the server is stopped
  std::string feed = "auto";                        ///< how changes are learnt: auto, installed, following, off
  unsigned feed_interval = 100;                     ///< milliseconds between two looks at the database
  unsigned feed_ping = 25;                          ///< seconds between two pings
  unsigned max_subscribers = 10'000;                ///< of the live feed of a profile
  std::string access_log = {};                      ///< file for a line about each request, "-": standard output
  unsigned slow_request = 1000;                     ///< milliseconds from which a request is in the log; 0: none is
  std::optional<std::uint16_t> admin_port = {};     ///< health and metrics; 0: any free one
  std::string admin_hostname = "127.0.0.1";         ///< address or name to listen on for them
  std::vector<std::string> unknown_variables = {};  ///< RESTAPI_… that no option has
  /// Of the command line, then of the file, then of the environment. Where there is any nothing can be served, and the
  /// rest is what could be understood.
  Mistakes mistakes = {};
};

/// The program is to end at once, and well: --help and --version.
struct EarlyExit {
  std::string text;  ///< for standard output; ends with a newline
};

/// The variables whose names begin with RESTAPI_, also in other spellings (restapi_, REST_API_), with their values.
using Environment = std::map<std::string, std::string>;

/// The environment of this process. Call before starting threads.
Environment process_environment();

/// `arguments` without the program's name. Reads the file that --config names, nothing else. Goes on after a mistake.
std::variant<Options, EarlyExit> read_options(std::vector<std::string> const& arguments,
                                              Environment const& environment);

/// Why the two ports cannot both be listened on, as far as the options tell, or an empty text.
std::string reason_against_ports(Options const& options);

/// Why a profile cannot have its tokens checked as the options say, or an empty text: whoever names an issuer believes
/// that tokens are checked.
std::string reason_against_tokens(ProfileOptions const& profile);

}  // namespace restapi::config
