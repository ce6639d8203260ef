// SPDX-License-Identifier: MIT
/// Of a database that was opened and cannot be read any more: whether the reason lasts until somebody mends it
/// (lasting_failures.hpp). Then opening it anew tells why.
#pragma once

#include <memory>
#include <string>

#include "source/source.hpp"

namespace restapi::store {

/// Any thread may call, and waits for nobody: the look, which may take as long as connecting does, is another thread's,
/// which may outlive the watch.
class RefusalWatch {
 public:
  explicit RefusalWatch(source::Source source);

  /// It could not be read, in the `words` of an exception: begins a look, once a second at most.
  void look(std::string words);

  /// What the last look has found, or forget() since.
  bool is_lasting() const;

  /// It was read.
  void forget();

 private:
  struct Shared;
  std::shared_ptr<Shared> const shared_;
};

}  // namespace restapi::store
