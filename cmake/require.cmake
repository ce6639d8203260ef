# SPDX-License-Identifier: MIT
# Looks for packages one after the other and tells at the end, in one message, which are missing and what installs them:
#
#   restapi_require_package(Boost 1.81)              as find_package
#   restapi_require_package(Catch2 2 GROUP test)     the group of tools/packages that has it, if not "build"
#   restapi_require_module(pistache libpistache)     as pkg_check_modules, with the target PkgConfig::pistache
#   restapi_require("date/date.h" DATE_INCLUDE)      what a find_… has put into the variable
#   restapi_report_missing()
#
# Macros, because what find_package sets belongs to the caller.
set(restapi_missing "")
set(restapi_missing_groups "")

macro(restapi_miss what group)
  list(APPEND restapi_missing "${what}")
  list(APPEND restapi_missing_groups ${group})
endmacro()

macro(restapi_require_package name)
  cmake_parse_arguments(require "" "GROUP" "" ${ARGN})
  if(NOT require_GROUP)
    set(require_GROUP build)
  endif()
  find_package(${name} ${require_UNPARSED_ARGUMENTS} QUIET)
  if(NOT ${name}_FOUND)
    set(require_what "${name}")
    if("${ARGV1}" MATCHES "^[0-9]")
      string(APPEND require_what " ${ARGV1}")
      # Which of the two it is depends on who looked: CMake's own module, or the package's file.
      foreach(require_other ${${name}_VERSION_STRING} ${${name}_CONSIDERED_VERSIONS})
        string(APPEND require_what " (here is ${require_other})")
        break()
      endforeach()
    endif()
    restapi_miss("${require_what}" ${require_GROUP})
  endif()
endmacro()

macro(restapi_require_module name module)
  if(PkgConfig_FOUND)  # otherwise that is what is missing
    pkg_check_modules(${name} QUIET IMPORTED_TARGET ${module})
    restapi_require("${module}" ${name}_FOUND)
  endif()
endmacro()

macro(restapi_require what found)
  if(NOT ${found})
    restapi_miss("${what}" build)
  endif()
endmacro()

function(restapi_report_missing)
  if(NOT restapi_missing)
    return()
  endif()
  list(REMOVE_DUPLICATES restapi_missing_groups)
  list(JOIN restapi_missing ", " names)
  list(JOIN restapi_missing_groups " " groups)
  message(FATAL_ERROR "Missing, or too old: ${names}.\n"
    "What installs them on Debian 12: tools/install_packages ${groups}")
endfunction()
