// SPDX-License-Identifier: MIT
/// The JSON around the data, and the headers beside it, as docs/api-v2.md says.
#pragma once

#include "api/answer.hpp"
#include "api/answer_limits.hpp"
#include "api/http_message.hpp"
#include "api/public_address.hpp"
#include "api/target.hpp"
#include "base/result.hpp"

namespace restapi::api::v2 {

/// {"data":…,"method":"GET","path":…,"pk":…,"query_string":…,"resource_type":…,"url":…,"url_root":…}
/// Throws Interrupted; an error where the content cannot be written (v2::data_of).
Result<Response> render(Answer const& answer, Target const& target, PublicAddress const& address, AnswerLimits& limits);

}  // namespace restapi::api::v2
