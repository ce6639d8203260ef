// SPDX-License-Identifier: MIT
/// A node as a file of another program.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "api/nodes/object_request.hpp"
#include "api/version.hpp"
#include "base/result.hpp"

namespace restapi::api {

struct Download {
  std::string format;                ///< its name: "cif"; empty: none was asked for
  bool is_in_answer = false;         ///< {"download":{"data":…,"filename":…,"status":200}} rather than the file
  std::string_view ask_for_formats;  ///< where the formats are told: a sentence, a literal
};

Result<std::unique_ptr<PendingRead>> plan_download(ObjectRequest const& asked, Download download);

}  // namespace restapi::api
