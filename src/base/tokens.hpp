// SPDX-License-Identifier: MIT
/// Keeps tokens out of logs: somebody may have put one into an address, where it does not belong.
#pragma once

#include <string>
#include <string_view>

namespace restapi {

/// The text with `…` in place of what is a token by its look (a JSON Web Token: `eyJ….eyJ….…`), by the word before it
/// (`Bearer …`), or by the name whose value it is (`access_token=`, `token=`, `jwt:`, `authorization:`, `password=` and
/// the like, in an address or a header), and in place of `user:password` in `http://user:password@host`. All of that
/// may be percent-encoded. In doubt more is replaced. `room` keeps the text if something is replaced; otherwise the
/// view is of `text`, and nothing is allocated.
std::string_view without_tokens(std::string_view text, std::string& room);

}  // namespace restapi
