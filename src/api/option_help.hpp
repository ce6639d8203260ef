/// What `--help` prints. The README shows the options of it, and the manual page is made from it.
#pragma once

#include <string>

namespace restapi::api {

/// Ends with a newline.
std::string option_help();

}  // namespace restapi::api
