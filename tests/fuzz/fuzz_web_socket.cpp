// SPDX-License-Identifier: MIT
/// Any bytes are read as frames of a client: in whatever pieces they come, the same messages come out, none is larger
/// than allowed, what is text is UTF-8, and nothing comes behind the end.
///
/// The first byte says whether messages may be compressed, and in which pieces the others come.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "api/web_socket/reader.hpp"
#include "base/utf8.hpp"
#include "fuzz/require.hpp"

using restapi::fuzz::require;

namespace {

using namespace restapi::api::web_socket;

constexpr std::size_t most = 2000;

struct Read {
  std::vector<Received> received = {};
  std::optional<CloseCode> failure = {};
};

Read read(std::string_view bytes, bool inflates, std::size_t step) {
  Reader reader(most, inflates);
  Read all;
  bool is_over = false;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(step, bytes.size()))) {
    auto const failure = reader.read(bytes.substr(0, step), [&](Received one) {
      require(!is_over && one.payload.size() <= most);
      if (one.what == Received::What::text || one.what == Received::What::close)
        require(restapi::utf8::is_valid(one.payload));
      is_over = one.what == Received::What::close;
      all.received.push_back(std::move(one));
      return true;
    });
    require(!failure || !is_over);
    if (failure) all.failure = failure;
    if (failure) is_over = true;
  }
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
  if (size == 0) return 0;
  std::string_view const bytes(reinterpret_cast<char const*>(data) + 1, size - 1);
  bool const inflates = (data[0] & 1) != 0;
  auto const whole = read(bytes, inflates, bytes.size() + 1);
  auto const pieces = read(bytes, inflates, 1 + data[0] / 2);
  require(whole.failure == pieces.failure && whole.received.size() == pieces.received.size());
  for (std::size_t i = 0; i < whole.received.size(); ++i) {
    auto const& [what, payload, code] = whole.received[i];
    require(what == pieces.received[i].what && payload == pieces.received[i].payload &&
            code == pieces.received[i].code);
  }
  return 0;
}
