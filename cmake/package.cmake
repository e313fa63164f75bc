# `cmake --install`, and the Debian package: cmake --build --preset release --target strata_app, then
# cd build/release && cpack -G DEB. What it needs at run time is read from the program (dpkg-shlibdeps).
include(GNUInstallDirs)
install(TARGETS strata_app RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES packaging/strata-node.service DESTINATION lib/systemd/system)
install(FILES packaging/strata-node.default DESTINATION /etc/default RENAME strata-node)
install(FILES packaging/grafana.json packaging/prometheus.yml docs/operating.md docs/using.md CHANGELOG.md
        DESTINATION ${CMAKE_INSTALL_DOCDIR})
# The program writes its own manual pages and completions.
install(CODE [[
  set(strata "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/bin/strata")
  set(share "$ENV{DESTDIR}${CMAKE_INSTALL_PREFIX}/share")
  file(MAKE_DIRECTORY ${share}/man/man1 ${share}/bash-completion/completions ${share}/zsh/vendor-completions)
  execute_process(COMMAND ${strata} man --folder ${share}/man/man1 COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
  execute_process(COMMAND ${strata} completion bash OUTPUT_FILE ${share}/bash-completion/completions/strata
                  COMMAND_ERROR_IS_FATAL ANY)
  execute_process(COMMAND ${strata} completion zsh OUTPUT_FILE ${share}/zsh/vendor-completions/_strata
                  COMMAND_ERROR_IS_FATAL ANY)
]])
install(FILES LICENSE-APACHE LICENSE-MIT DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME strata)
set(CPACK_PACKAGE_CONTACT "The Strata engineers <strata@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "Filecoin in one program")
set(CPACK_STRIP_FILES ON)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "Node, VM and actors, prover, storage provider, market, client, wallet and API of the Filecoin network.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA "${CMAKE_SOURCE_DIR}/packaging/postinst;${CMAKE_SOURCE_DIR}/packaging/prerm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
include(CPack)
