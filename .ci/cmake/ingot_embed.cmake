# ingot_embed(TARGET SYMBOL FILE): the bytes of FILE, at extern "C" const char SYMBOL[], up to SYMBOL_end[]; a zero byte follows.
function(ingot_embed target symbol file)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/embed_${symbol}.cpp)
  file(CONFIGURE OUTPUT ${source} @ONLY CONTENT [[
asm(R"(
  .pushsection .rodata
  .balign 16
  .globl @symbol@
  .hidden @symbol@
  .globl @symbol@_end
  .hidden @symbol@_end
@symbol@:
  .incbin "@file@"
@symbol@_end:
  .byte 0
  .popsection
)");
]])
  set_source_files_properties(${source} TARGET_DIRECTORY ${target} PROPERTIES OBJECT_DEPENDS ${file})
  target_sources(${target} PRIVATE ${source})
  # A custom command that makes the file is known only to targets of its own folder.
  add_custom_target(embed_${symbol} DEPENDS ${file})
  add_dependencies(${target} embed_${symbol})
endfunction()
