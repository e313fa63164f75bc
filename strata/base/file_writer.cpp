#include <strata/base/file_writer.hpp>

#include <cerrno>

#include <strata/base/byte_source.hpp>

namespace strata {
namespace {

constexpr std::size_t kBuffer = std::size_t{1} << 18;

}  // namespace

Result<FileWriter> FileWriter::create(const std::filesystem::path& path, FileAccess access) {
    STRATA_TRY(auto file, UnfinishedFile::create(path, access));
    return FileWriter(std::move(file));
}

Status FileWriter::write(BytesView bytes) {
    append(buffer_, bytes);
    size_ += bytes.size();
    return buffer_.size() >= kBuffer ? flush() : Status{};
}

Status FileWriter::flush() {
    BytesView rest = buffer_;
    while (!rest.empty()) {
        std::size_t written = 0;
        const int cause = Disk::current().write(file_.descriptor(), rest, written);
        if (cause != 0 && cause != EINTR) return file_error("write", file_.path(), cause);
        rest = rest.subspan(written);
    }
    buffer_.clear();
    return {};
}

Status FileWriter::commit() {
    STRATA_OK(flush());
    return file_.commit();
}

Result<UnfinishedFile> FileWriter::take() {
    STRATA_OK(flush());
    return std::move(file_);
}

Status write_file(const std::filesystem::path& path, BytesView bytes, FileAccess access) {
    STRATA_TRY(auto file, FileWriter::create(path, access));
    STRATA_OK(file.write(bytes));
    return file.commit();
}

Status copy_file(const std::filesystem::path& from, const std::filesystem::path& to) {
    STRATA_TRY(const auto source, file_source(from));
    STRATA_TRY(auto file, FileWriter::create(to));
    for (Bytes part(kBuffer);;) {
        STRATA_TRY(const auto got, source(part));
        if (got == 0) return file.commit();
        STRATA_OK(file.write(BytesView(part).first(got)));
    }
}

}  // namespace strata
