# The command line; included by CMakeLists.txt.
add_library(restapi_options ${CMAKE_CURRENT_LIST_DIR}/options.cpp ${CMAKE_CURRENT_LIST_DIR}/address_range.cpp)
target_link_libraries(restapi_options PUBLIC restapi_base PRIVATE CLI11::CLI11 fmt::fmt)
target_compile_definitions(restapi_options PRIVATE RESTAPI_VERSION="${PROJECT_VERSION}")
