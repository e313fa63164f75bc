#include <strata/cli/stream_file.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include <strata/cli/terminal.hpp>

namespace strata::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kChunk = std::size_t{1} << 20;

Result<std::size_t> read_standard(std::span<std::uint8_t> buffer) {
    for (;;) {
        const auto got = read(STDIN_FILENO, buffer.data(), buffer.size());
        if (got >= 0) return static_cast<std::size_t>(got);
        if (errno != EINTR) return file_error("read", "the standard input", errno);
    }
}

/// Writes the standard input to a file. Errors: also cancelled.
Status copy_input(int file, const std::string& name, const Watch& watch) {
    Bytes buffer(kChunk);
    for (std::uint64_t total = 0;;) {
        STRATA_TRY(const auto got, read_standard(buffer));
        if (got == 0) return {};
        total += got;
        STRATA_OK(watch.at(fmt::format("{} MiB came", total >> 20), 0));
        std::size_t written = 0;
        for (std::size_t at = 0; at < got; at += written)
            if (const int cause = Disk::current().write(file, BytesView(buffer).subspan(at, got - at), written);
                cause != 0)
                return file_error("write", name, cause);
    }
}

/// Copies the standard input into a file that has no name, so that it is gone when it is closed.
Result<RandomFile> copied_input(const Watch& watch) {
    std::string name = (fs::temp_directory_path() / "strata-input-XXXXXX").string();
    const int file = mkostemp(name.data(), O_CLOEXEC);
    if (file < 0) return file_error("create", name, errno);
    unlink(name.c_str());
    auto copied = copy_input(file, name, watch);
    auto opened = copied ? RandomFile::open(fmt::format("/proc/self/fd/{}", file)) : std::move(copied).error();
    close(file);
    return opened;
}

}  // namespace

bool is_standard(const fs::path& path) {
    return path == "-";
}

Result<InputStream> open_input(std::string_view what, const fs::path& path, const Watch& watch, std::string_view step) {
    InputStream out;
    ByteSource source = read_standard;
    if (!is_standard(path)) {
        STRATA_OK(check_regular_file(what, path));
        std::error_code error;
        out.size = fs::file_size(path, error);
        STRATA_TRY(source, file_source(path));
    }
    out.source = [source = std::move(source), watch, step = std::string(step), size = out.size,
                  done = std::uint64_t{0}](std::span<std::uint8_t> buffer) mutable -> Result<std::size_t> {
        const double part = size == 0 ? 0 : static_cast<double>(done) / static_cast<double>(size);
        STRATA_OK(watch.at(step, part));
        STRATA_TRY(const std::size_t got, source(buffer));
        done += got;
        return got;
    };
    return out;
}

Result<std::shared_ptr<const RandomFile>> open_random(std::string_view what, const fs::path& path, const Watch& watch) {
    if (!is_standard(path)) STRATA_OK(check_regular_file(what, path));
    STRATA_TRY(auto file, is_standard(path) ? copied_input(watch) : RandomFile::open(path));
    return std::make_shared<const RandomFile>(std::move(file));
}

Result<OutputStream> OutputStream::create(std::string_view option, const fs::path& path, bool may_replace) {
    if (is_standard(path)) {
        if (isatty(STDOUT_FILENO) == 1)
            return fail(Errc::invalid_argument,
                        fmt::format("{} -: the standard output is a terminal, where these bytes are of no use; "
                                    "redirect it, or name a file",
                                    option));
        return OutputStream(std::nullopt);
    }
    std::error_code error;
    if (!may_replace && fs::exists(path, error))
        return fail(Errc::invalid_argument,
                    fmt::format("{} {}: this file exists; name a different one, or replace it with --force", option,
                                path.string()));
    STRATA_TRY(auto file, FileWriter::create(path));
    return OutputStream(std::move(file));
}

Status OutputStream::write(BytesView bytes) {
    size_ += bytes.size();
    if (file_) return file_->write(bytes);
    if (std::fwrite(bytes.data(), 1, bytes.size(), stdout) == bytes.size()) return {};
    return file_error("write", "the standard output", errno);
}

Status OutputStream::commit() {
    if (file_) return file_->commit();
    return std::fflush(stdout) == 0 ? Status() : Status(file_error("write", "the standard output", errno));
}

}  // namespace strata::cli
