#include <strata/node/backup_door.hpp>

#include <unistd.h>

#include <cerrno>

#include <strata/base/files.hpp>
#include <strata/base/log.hpp>
#include <strata/node/owner.hpp>

namespace strata::node {
namespace {

namespace fs = std::filesystem;

const Log kLog("node");

Status write_all(int file, BytesView bytes, const fs::path& path) {
    while (!bytes.empty()) {
        std::size_t written = 0;
        const int cause = Disk::current().write(file, bytes, written);
        if (cause != 0 && cause != EINTR) return file_error("write", path, cause);
        bytes = bytes.subspan(written);
    }
    return {};
}

}  // namespace

Status BackupDoor::write(const ByteSink& sink) {
    {
        const Lock lock(mutex_);
        if (writes_) return fail(Errc::busy, "a different backup is being written; try again when it is done");
        writes_ = true;
    }
    const auto done = write_backup(repository_, folder_, facts_(), sink);
    {
        const Lock lock(mutex_);
        writes_ = false;
    }
    if (!done) return done.error();
    kLog.info("a backup is written", {{"head", done->facts.head}, {"records", done->records}});
    return {};
}

http::Response BackupDoor::handle(const http::Request& request) {
    if (auto refusal = refuse_others(request, tokens_)) return std::move(*refusal);
    if (request.method != "GET") {
        auto out = http::text_response(405, request.method + " is not allowed here; use GET");
        out.headers.emplace_back("Allow", "GET");
        return out;
    }
    const auto refuse = [](const Error& error) {
        return http::text_response(error.code() == Errc::busy ? 503 : 500, error.message());
    };
    if (const auto made = make_folders(backups(), FileAccess::owner_only); !made) return refuse(made.error());
    // The file is removed with the last copy of the answer's source; it never gets its name.
    auto created = UnfinishedFile::create(backups() / "download", FileAccess::owner_only);
    if (!created) return refuse(created.error());
    const auto file = std::make_shared<UnfinishedFile>(std::move(*created));
    std::uint64_t size = 0;
    const auto done = write([&](BytesView bytes) {
        size += bytes.size();
        return write_all(file->descriptor(), bytes, file->path());
    });
    if (!done) return refuse(done.error());
    auto read = [file, at = std::uint64_t{0}](std::span<std::uint8_t> out) mutable -> Result<std::size_t> {
        const auto got = ::pread(file->descriptor(), out.data(), out.size(), static_cast<off_t>(at));
        if (got < 0) return file_error("read", file->path(), errno);
        at += static_cast<std::uint64_t>(got);
        return static_cast<std::size_t>(got);
    };
    return {200,
            {{"Content-Type", "application/octet-stream"}, {"Cache-Control", "no-store"}},
            http::Stream{.read = std::move(read), .length = size}};
}

}  // namespace strata::node
