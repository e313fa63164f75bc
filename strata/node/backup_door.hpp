#pragma once
// Backups of a running node, as a download for its owner: GET /backup with a token that allows `admin`.
#include <filesystem>
#include <functional>

#include <strata/base/files.hpp>
#include <strata/http/message.hpp>
#include <strata/node/backup.hpp>

namespace strata::api {
class Tokens;
}

namespace strata::node {

/// Thread-safe. A backup takes no lock that the node needs. One is on its way at a time; others are told to wait.
class BackupDoor {
  public:
    /// `facts` says of which chain the backup is. All arguments must outlive the object.
    BackupDoor(store::Repository& repository, const api::Tokens& tokens, std::filesystem::path folder,
               std::function<BackupFacts()> facts)
        : repository_(repository), tokens_(tokens), folder_(std::move(folder)), facts_(std::move(facts)) {}

    static bool serves(std::string_view path) { return path == "/backup"; }
    /// Sends a backup. It is written to the disk first, so that a slow reader holds nothing up.
    http::Response handle(const http::Request& request);

  private:
    Result<UnfinishedFile> write();

    store::Repository& repository_;
    const api::Tokens& tokens_;
    const std::filesystem::path folder_;
    const std::function<BackupFacts()> facts_;
};

}  // namespace strata::node
