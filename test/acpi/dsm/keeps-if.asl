DefinitionBlock ("", "DSDT", 2, "PLATMP", "DSMTEST", 1)
{
  Scope (\_SB)
  {
    Device (PCI0)
    {
      Name (_HID, EisaId ("PNP0A08"))
      Name (_SEG, 0)
      Name (_BBN, 0)
      Name (_UID, 7)

      Method (_DSM, 4, NotSerialized)
      {
        If (LEqual (Arg0, ToUUID ("e5c937d0-3553-4d7a-9117-ea4d19c3434d")))
        {
          If (LEqual (Arg2, 0)) { Return (Buffer () { 0x21 }) }
          If (LEqual (Arg2, 5)) { Return (0) }
        }
        Return (Buffer () { 0 })
      }
    }
  }
}
