// SPDX-License-Identifier: MIT
/// The fields of a resource as AiiDA tells clients that show tables: texts and order are AiiDA's own.
#pragma once

#include <string>
#include <string_view>

namespace restapi::api::v4 {

/// {"fields":{…},"ordering":[…]} of nodes, processes, computers, groups or users.
std::string properties_json(std::string_view resource);

}  // namespace restapi::api::v4
