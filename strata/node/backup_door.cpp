#include <strata/node/backup_door.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <strata/base/file_writer.hpp>
#include <strata/base/log.hpp>
#include <strata/node/owner.hpp>

namespace strata::node {
namespace {

const Log kLog("node");

}  // namespace

/// The file is locked until it is sent, so a second backup finds it busy. It never gets its name.
Result<UnfinishedFile> BackupDoor::write() {
    const auto folder = folder_ / "backups";
    STRATA_OK(make_folders(folder, FileAccess::owner_only));
    auto writer = FileWriter::create(folder / "download", FileAccess::owner_only);
    if (!writer && writer.error().code() == Errc::busy)
        return fail(Errc::busy, "a different backup is being written or sent; try again when it is done");
    if (!writer) return writer.error();
    STRATA_TRY(const auto done,
               write_backup(repository_, folder_, facts_(), [&](BytesView bytes) { return writer->write(bytes); }));
    kLog.info("a backup is written", {{"head", done.facts.head}, {"records", done.records}});
    return writer->take();
}

http::Response BackupDoor::handle(const http::Request& request) {
    if (auto refusal = refuse_others(request, tokens_)) return std::move(*refusal);
    if (request.method != "GET") {
        auto out = http::text_response(405, request.method + " is not allowed here; use GET");
        out.headers.emplace_back("Allow", "GET");
        return out;
    }
    auto written = write();
    if (!written)
        return http::text_response(written.error().code() == Errc::busy ? 503 : 500, written.error().message());
    // The file is removed with the last copy of the answer's source.
    const auto file = std::make_shared<UnfinishedFile>(std::move(*written));
    struct stat facts{};
    if (::fstat(file->descriptor(), &facts) != 0)
        return http::text_response(500, file_error("measure", file->path(), errno).message());
    auto read = [file, at = std::uint64_t{0}](std::span<std::uint8_t> out) mutable -> Result<std::size_t> {
        const auto got = ::pread(file->descriptor(), out.data(), out.size(), static_cast<off_t>(at));
        if (got < 0) return file_error("read", file->path(), errno);
        at += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
    };
    return {200,
            {{"Content-Type", "application/octet-stream"}, {"Cache-Control", "no-store"}},
            http::Stream{.read = std::move(read), .length = static_cast<std::uint64_t>(facts.st_size)}};
}

}  // namespace strata::node
