# cmake -DSITE=folder -DOUT=file.cpp -P embed.cmake: writes the files of a folder as C++ (site.hpp), each with a hash.
file(GLOB_RECURSE files RELATIVE ${SITE} ${SITE}/*)
list(SORT files)
set(contents "")
set(table "")
set(number 0)
foreach(file IN LISTS files)
  file(READ ${SITE}/${file} hex HEX)
  string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
  file(SHA256 ${SITE}/${file} hash)
  string(SUBSTRING ${hash} 0 32 hash)
  string(APPEND contents "constexpr std::uint8_t kContent${number}[] = {${bytes}};\n")
  string(APPEND table "    {\"${file}\", \"\\\"${hash}\\\"\", kContent${number}},\n")
  math(EXPR number "${number} + 1")
endforeach()
file(WRITE ${OUT} "#include <strata/explorer/site.hpp>

namespace strata::explorer {
namespace {

${contents}
constexpr SiteFile kFiles[] = {
${table}};

}  // namespace

std::span<const SiteFile> site() {
    return kFiles;
}

}  // namespace strata::explorer
")
