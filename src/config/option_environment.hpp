// SPDX-License-Identifier: MIT
/// What the environment says: the variables that the table of options names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/option_layer.hpp"
#include "config/options.hpp"

namespace restapi::config {

struct EnvironmentLayer {
  Layer layer;
  std::vector<std::string> unknown;  ///< variables of no option, which may be somebody else's
};

/// Whether read_environment() looks at a variable of that name: RESTAPI_… however it is spelt, as restapi_port or
/// REST_API_PORT.
bool may_be_an_option(std::string_view variable);

/// A variable that is set and empty is an error, as an option with an empty value is: a service whose unit sets
/// RESTAPI_TOKEN_KEYS from something that is missing must not start without its tokens. So is one that is nearly an
/// option's, is one in other letters (restapi_token_keys, REST_API_TOKEN_KEYS), or begins with RESTAPI_TOKEN or
/// RESTAPI_CONFIG: whoever has set it relies on a protection. Others are no error: Kubernetes sets RESTAPI_SERVICE_HOST
/// and more where a service is called restapi, and REST_API_URL is another program's. Mistakes say the variable, which
/// is left out.
EnvironmentLayer read_environment(Environment const& environment, Mistakes& mistakes);

}  // namespace restapi::config
