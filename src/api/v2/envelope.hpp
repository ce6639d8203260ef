// SPDX-License-Identifier: MIT
/// The JSON around the data, and the headers beside it, as docs/api-v2.md says.
#pragma once

#include "api/answer.hpp"
#include "base/answer_limits.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "http/public_address.hpp"
#include "http/target.hpp"

namespace restapi::api::v2 {

/// {"data":…,"method":"GET","path":…,"pk":…,"query_string":…,"resource_type":…,"url":…,"url_root":…}
/// A Description stands alone. Throws Interrupted; an error where the content cannot be written (v2::data_of).
Result<http::Response> render_json(Answer const& answer, http::Target const& target, http::PublicAddress const& address,
                                   AnswerLimits& limits);

}  // namespace restapi::api::v2
