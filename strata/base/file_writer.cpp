#include <strata/base/file_writer.hpp>

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace strata {
namespace {

Error refused(const std::filesystem::path& path) {
    return fail(Errc::io, "cannot write " + path.string() + ": " + std::generic_category().message(errno));
}

}  // namespace

Result<FileWriter> FileWriter::create(const std::filesystem::path& path) {
    std::FILE* file = std::fopen((path.string() + ".partial").c_str(), "wb");
    if (file == nullptr) return refused(path);
    return FileWriter(path, file);
}

FileWriter::~FileWriter() {
    if (!file_) return;
    file_.reset();
    std::error_code unused;
    std::filesystem::remove(partial(), unused);
}

Status FileWriter::write(BytesView bytes) {
    if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) return refused(path_);
    size_ += bytes.size();
    return {};
}

Status FileWriter::commit() {
    if (std::fflush(file_.get()) != 0 || ::fsync(::fileno(file_.get())) != 0) return refused(path_);
    file_.reset();
    if (std::rename(partial().c_str(), path_.c_str()) != 0) return refused(path_);
    return {};
}

}  // namespace strata
