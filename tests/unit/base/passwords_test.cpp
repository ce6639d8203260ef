// SPDX-License-Identifier: MIT
#include "base/passwords.hpp"

#include <catch2/catch.hpp>

using restapi::without_passwords;

TEST_CASE("passwords are not shown, wherever they stand", "[passwords]") {
  struct Case {
    char const* text;
    char const* shown;
  };
  for (auto const& [text, shown] : {
           Case{"postgresql://reader:secret@host:5432/aiida", "postgresql://reader:…@host:5432/aiida"},
           Case{"no such file: \"postgresql:/reader:secret@host/aiida\"",
                "no such file: \"postgresql:/reader:…@host/aiida\""},
           Case{"reader:se@cr:et@host", "reader:…@host"},
           Case{"a:secret@b and c:secret@d", "a:…@b and c:…@d"},
           Case{"host=a password=secret user=b", "host=a password=… user=b"},
           Case{"password = secret", "password = …"},
           Case{"password='a secret \\' here' user=b", "password=… user=b"},
           Case{"password='open secret", "password=…"},
           Case{"PassWord=secret", "PassWord=…"},
           Case{"sslpassword=secret password=secret", "sslpassword=… password=…"},
           Case{"\"postgresql://h/d?password=secret&user=a\"", "\"postgresql://h/d?password=…&user=a\""},
           Case{"password=", "password=…"},
           Case{"\"postgresql://reader:secret\": no", "\"postgresql://reader:…\": no"},
           Case{"postgresql://reader:1234/x", "postgresql://reader:…"},
           Case{"x=postgresql:/reader:secret", "x=postgresql:/reader:…"},
           Case{"postgres//reader:secret/x", "postgres//reader:…"},
           Case{"postgresql:reader:secret", "postgresql:reader:…"},
           Case{"PostgreSQL://reader:secret/x", "PostgreSQL://reader:…"},
           Case{"mysql://reader:secret", "mysql://reader:…"},
       }) {
    INFO(text);
    CHECK(without_passwords(text) == shown);
  }
}

TEST_CASE("text without passwords stays as it is", "[passwords]") {
  for (std::string const text :
       {"", "restapi: port 5000 on 127.0.0.1 is in use; -H and -P choose another address\n",
        "password authentication failed for user \"reader\"", "http://localhost:5000/api/v2", "reader@host:5432",
        "postgresql://reader@db.example.org:5432/aiida", "https://example.org:8443", "postgresql://db/aiida",
        "postgresql database d on db:5433", "postgresql: no such word", "the password", "@",
        "two  blanks\nand lines\n"}) {
    INFO(text);
    CHECK(without_passwords(text) == text);
  }
  CHECK(without_passwords(":@") == ":…@");
}

TEST_CASE("a name that may be a connection text is not shown", "[passwords]") {
  using restapi::shown_name;
  for (auto const* name : {"postgresql://reader:secret", "//reader:secret", "reader:secret", "u@h", "host=h", "a/b"})
    CHECK(shown_name(name) == "…");
  for (std::string const name : {"main", "mc3d.v1", "é ü", "", "a-b_c"}) CHECK(shown_name(name) == name);
}

TEST_CASE("a path that leads nowhere is shown up to what may be a password", "[passwords]") {
  using restapi::shown_missing_path;
  CHECK(shown_missing_path("postgresq:/reader:secret/x") == "postgresq:…");
  CHECK(shown_missing_path("host=h password=secret") == "host=…");
  CHECK(shown_missing_path("cret@127.0.0.1/x") == "…@127.0.0.1/x");
  CHECK(shown_missing_path("se@cret@127.0.0.1/x") == "…@127.0.0.1/x");
  CHECK(shown_missing_path("/srv/data/mc3d.aiida") == "/srv/data/mc3d.aiida");
  CHECK(shown_missing_path("C:") == "C:");
}
