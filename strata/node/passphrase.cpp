#include <strata/node/passphrase.hpp>

#include <cstdio>
#include <memory>

#include <strata/base/files.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;

std::string first_line(std::string_view text) {
    text = text.substr(0, text.find('\n'));
    if (text.ends_with('\r')) text.remove_suffix(1);
    return std::string(text);
}

}  // namespace

Result<std::string> passphrase_from_file(const fs::path& file) {
    std::error_code error;
    const auto rights = fs::status(file, error).permissions();
    const auto others = fs::perms::group_all | fs::perms::others_all;
    if (!error && (rights & others) != fs::perms::none)
        return fail(Errc::invalid_argument, "the passphrase in " + file.string() +
                                                " can be read by others; make the file yours alone with chmod 600");
    STRATA_TRY(const Bytes content, read_file(file, kMaxPassphrase));
    return first_line(as_text(content));
}

Result<std::string> passphrase_from_command(const std::string& command) {
    FILE* const pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) return fail(Errc::io, "the command for the wallet's passphrase cannot be started");
    std::string out(kMaxPassphrase, '\0');
    out.resize(std::fread(out.data(), 1, out.size(), pipe));
    const int code = ::pclose(pipe);
    if (code != 0) return fail(Errc::io, "the command for the wallet's passphrase failed");
    if (out.empty()) return fail(Errc::io, "the command for the wallet's passphrase wrote nothing");
    return first_line(out);
}

}  // namespace strata::node
