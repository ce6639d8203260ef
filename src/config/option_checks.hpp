// SPDX-License-Identifier: MIT
/// What the values of options must be. A check says why a value is not accepted, or an empty text; the text follows the
/// option's name: `must not be empty`.
#pragma once

#include <string>

namespace restapi::config {

using OptionCheck = std::string (*)(std::string const& value);

std::string check_not_empty(std::string const& value);

/// To listen on. The C library takes `*` for every address; that is said in figures, so that nobody does it unawares.
std::string check_host(std::string const& value);

/// Whoever writes `none`, as some lists may be, wants no log, and not a file of that name.
std::string check_log_file(std::string const& value);

std::string check_log_level(std::string const& value);

/// A database whose changes can be written down.
std::string check_feed_database(std::string const& value);

std::string check_feed(std::string const& value);
std::string check_total_age(std::string const& value);
std::string check_switch(std::string const& value);

/// What a switch says that has been checked.
bool is_on(std::string const& value);

std::string check_origin(std::string const& value);
std::string check_server_name(std::string const& value);
std::string check_address_range(std::string const& value);

/// NAME or NAME=SOURCE.
std::string check_profile(std::string const& value);

/// A whole number in decimal digits, both ends included.
std::string check_number(std::string const& value, unsigned least, unsigned most);

template <unsigned least, unsigned most>
std::string check_range(std::string const& value) {
  return check_number(value, least, most);
}

}  // namespace restapi::config
