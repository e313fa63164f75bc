#include <strata/base/tar.hpp>

#include <cstdlib>
#include <cstring>

namespace strata {

std::map<std::string, std::string> files_of_tar(const std::string& tar) {
    constexpr std::size_t kBlock = 512, kNameSize = 100, kSizeAt = 124, kSizeDigits = 11, kTypeAt = 156;
    // A file is a header block, then its content in whole blocks. The header holds the name, the size in octal digits
    // and the type.
    std::map<std::string, std::string> out;
    for (std::size_t at = 0; at + kBlock <= tar.size() && tar[at] != '\0';) {
        const std::string name(tar.data() + at, ::strnlen(tar.data() + at, kNameSize));
        const auto size = std::strtoull(tar.substr(at + kSizeAt, kSizeDigits).c_str(), nullptr, 8);
        const bool is_file = tar[at + kTypeAt] == '0' || tar[at + kTypeAt] == '\0';
        at += kBlock;
        if (size > tar.size() - at) break;
        if (is_file && !name.contains("..")) out[name] = tar.substr(at, size);
        at += (size + kBlock - 1) / kBlock * kBlock;
    }
    return out;
}

}  // namespace strata
