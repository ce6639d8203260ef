// SPDX-License-Identifier: MIT
/// Where a body comes from that is made while it is sent: text of any length, piece by piece.
#pragma once

#include <memory>
#include <string>

namespace restapi::http {

struct Piece {
  enum class Kind {
    more,    ///< others follow
    last,    ///< that was all
    broken,  ///< there should have been more: `text` are the last words, and the client sees that it is not whole
  };
  std::string text = {};  ///< may be empty
  Kind kind = Kind::more;
};

/// All calls, and the destructor, are on one thread that nobody else uses; where the answer is not sent, it is
/// destroyed on any thread instead. It may wait, but should end when stop is requested of Request::gone: then the
/// client has left, or the server stops.
class BodySource {
 public:
  virtual ~BodySource() = default;

  /// The next piece; 64 KiB is a good size. Not called any more after one that is not `more`. What it throws is logged,
  /// and the body is broken.
  virtual Piece next() = 0;

  /// Called now and then, while the reader is slow and the next piece is not wanted yet.
  virtual void look() {}
};

/// Of a Reply, which may be copied: whoever sends it takes the source out.
struct StreamedBody {
  std::unique_ptr<BodySource> source;  ///< null: the request was made with HEAD
  bool has_length = false;             ///< the head says how long it is (Content-Length): then it is sent as it is
};

}  // namespace restapi::http
